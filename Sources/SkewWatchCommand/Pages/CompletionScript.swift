internal import SkewWatch

/// What a shell has to know to complete the command line: made from the commands and the table of settings.
enum CompletionScript {
    enum Shell: String, CaseIterable { case bash, zsh, fish }

    static func text(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    private static let commands = CommandSummary.all
    private static let options = SettingsTable.options
    /// Those that take the settings and flags of their own.
    private static let withBoth = commands.filter { $0.takesSettings && !$0.flags.isEmpty }
    private static let fileFlags = ["--token-file", "--admin-token-file", "--ca-file", "--config"]

    /// What may follow a command that names a shell.
    private static func shells(of command: CommandSummary) -> [String] {
        command.name == "completion" ? Shell.allCases.map(\.rawValue) : []
    }

    // MARK: bash

    private static var bash: String {
        var values: [String] = []
        for option in options {
            switch option.value {
            case .words(let words):
                values.append("        \(option.flag)) COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$word\")); return ;;")
            case .file: values.append("        \(option.flag)) compopt -o default; return ;;")
            case .other: break
            }
        }
        let files = fileFlags.filter { flag in !options.contains { $0.flag == flag } }
        if !files.isEmpty { values.append("        \(files.joined(separator: "|"))) compopt -o default; return ;;") }
        let others = options.filter { $0.value == .other }.map(\.flag)
        values.append("        \(others.joined(separator: "|"))) return ;;")
        let own = commands.filter { !$0.takesSettings }.map { command in
            let words = shells(of: command) + command.flags.map(\.flag).filter { $0 != "--help" } + ["--help"]
            return "        \(command.name)) flags='\(words.joined(separator: " "))' ;;"
        }
        let both = withBoth.map { "    [[ $command == \($0.name) ]] && flags+=' \($0.flags.map(\.flag).joined(separator: " "))'" }
        return """
            # Completion of skewwatch for bash; written by `skewwatch completion bash`.
            _skewwatch() {
                local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= flags= each
                # --flag=value is three words.
                [[ $word == = ]] && word=
                [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD-2]}
                for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case $each in \(commands.map(\.name).joined(separator: "|"))) command=$each; break ;; esac
                done
                COMPREPLY=()
                case $before in
            \(values.joined(separator: "\n"))
                esac
                case $command in
            \(own.joined(separator: "\n"))
                    *) flags='\((options.map(\.flag) + ["--help"]).joined(separator: " "))' ;;
                esac
            \(both.joined(separator: "\n"))
                [[ -n $command || $word == -* ]] || flags='\((commands.map(\.name) + ["--help", "--version"]).joined(separator: " "))'
                COMPREPLY=($(compgen -W "$flags" -- "$word"))
            }
            complete -F _skewwatch skewwatch

            """
    }

    // MARK: zsh

    private static var zsh: String {
        let settings = options.map { option in
            let action =
                switch option.value {
                case .words(let words): "(\(words.joined(separator: " ")))"
                case .file: "_files"
                case .other: " "
                }
            return "        '\(option.flag)[\(zshText(option.help))]:\(zshText(option.placeholder)):\(action)'"
        }
        let own = commands.filter { !$0.takesSettings }.map { command in
            let flags = command.flags.map { flag, help in
                let action = fileFlags.contains(flag) ? ":file:_files" : flag == "--token" ? ":token: " : ""
                return "'\(flag)[\(zshText(help))]\(action)'"
            }
            let words = shells(of: command).joined(separator: " ")
            let rest = words.isEmpty ? "'*: :'" : "'1: :' '2:shell:(\(words))'"
            return "        \(command.name)) _arguments \((flags + [rest]).joined(separator: " ")) ;;"
        }
        let both = withBoth.map { command in
            let flags = command.flags.map { "'\($0.flag)[\(zshText($0.help))]'" }.joined(separator: " ")
            return "        \(command.name)) _arguments $settings \(flags) '*: :' ;;"
        }
        return """
            #compdef skewwatch
            # Completion of skewwatch for zsh; written by `skewwatch completion zsh`.
            _skewwatch() {
                local -a commands settings
                commands=(
            \(commands.map { "        '\($0.name):\(zshText($0.abstract))'" }.joined(separator: "\n"))
                )
                settings=(
            \(settings.joined(separator: "\n"))
                )
                if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
                    _describe command commands
                    return
                fi
                case $words[2] in
            \((own + both).joined(separator: "\n"))
                    *) _arguments $settings '*: :' ;;
                esac
            }
            _skewwatch "$@"

            """
    }

    private static func zshText(_ text: String) -> String {
        text.replacing("'", with: "’").replacing("[", with: "(").replacing("]", with: ")").replacing(":", with: " ")
    }

    // MARK: fish

    private static var fish: String {
        var lines = [
            "# Completion of skewwatch for fish; written by `skewwatch completion fish`.", "complete -c skewwatch -f",
            "complete -c skewwatch -n __fish_use_subcommand -l version -d 'Print the version.'",
        ]
        for command in commands {
            lines.append("complete -c skewwatch -n __fish_use_subcommand -a \(command.name) -d '\(fishText(command.abstract))'")
        }
        let own = commands.filter { !$0.takesSettings }
        let isOther = own.map(\.name).joined(separator: " ")
        for option in options {
            let value =
                switch option.value {
                case .words(let words): "-x -a '\(words.joined(separator: " "))'"
                case .file: "-r -F"
                case .other: "-x"
                }
            lines.append(
                "complete -c skewwatch -n 'not __fish_seen_subcommand_from \(isOther)' -l \(option.flag.dropFirst(2)) \(value) -d '\(fishText(option.help))'"
            )
        }
        for command in own + withBoth {
            let words = shells(of: command).joined(separator: " ")
            if !words.isEmpty { lines.append("complete -c skewwatch -n '__fish_seen_subcommand_from \(command.name)' -a '\(words)'") }
            for (flag, help) in command.flags where flag != "--help" {
                let value = fileFlags.contains(flag) ? " -r -F" : flag == "--token" ? " -x" : ""
                lines.append(
                    "complete -c skewwatch -n '__fish_seen_subcommand_from \(command.name)' -l \(flag.dropFirst(2))\(value) -d '\(fishText(help))'"
                )
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func fishText(_ text: String) -> String { text.replacing("'", with: "’") }
}
