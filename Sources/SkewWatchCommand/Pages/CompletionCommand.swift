internal import ArgumentParser

/// `skewwatch completion`: what a shell needs to complete commands and settings.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print completions for bash, zsh or fish.",
        discussion: """
            bash: skewwatch completion bash > /etc/bash_completion.d/skewwatch
            zsh:  skewwatch completion zsh > /usr/local/share/zsh/site-functions/_skewwatch
            fish: skewwatch completion fish > ~/.config/fish/completions/skewwatch.fish
            """)

    @Argument(
        help: "bash, zsh or fish.",
        transform: { text in
            guard let shell = CompletionScript.Shell(rawValue: text) else {
                throw ValidationError("The shell must be bash, zsh or fish, not \"\(text)\".")
            }
            return shell
        })
    var shell: CompletionScript.Shell

    func run() { StandardStreams.print(CompletionScript.text(for: shell)) }
}
