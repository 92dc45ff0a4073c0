internal import ArgumentParser
internal import Glibc
internal import SkewWatch

/// The command `skewwatch`: finds the subcommand and gives its outcome to the shell.
@main
struct SkewWatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skewwatch",
        abstract: "Knows, live, who has your web app open: how many tabs, on which build, on which route.",
        usage: """
            skewwatch [serve] [settings]
            skewwatch check [settings]
            skewwatch watch [URL] [--token-file FILE] [--once] [--json]
            skewwatch wait [URL] [--old N | --version V --max N | --current SHARE] [--for DURATION]
            skewwatch announce VERSION [URL] [--admin-token-file FILE]
            skewwatch history [URL] [--from TIME] [--to TIME] [--step DURATION] [--csv | --json]
            skewwatch health [settings]
            skewwatch default-env
            skewwatch version
            """,
        subcommands: [
            ServeCommand.self, DemoCommand.self, WatchCommand.self, WaitCommand.self, AnnounceCommand.self, HistoryCommand.self,
            CheckCommand.self, HealthCommand.self,
            DefaultEnvCommand.self,
            CompletionCommand.self, ManualCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    /// The main thread only waits. An asynchronous `main` would hand it to dispatch, which ends it: profilers and valgrind then lose the
    /// process.
    static func main() {
        StandardStreams.prepare()
        SignalWatch.unblock()
        Task.detached { await runCommand() }
        while true { pause() }
    }

    private static func runCommand() async -> Never {
        answerAtOnce(CommandLine.arguments.dropFirst())
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            leave(with: error)
        }
        ExitStatus.success.leave()
    }

    /// What is asked for without a command, and so would be taken for settings of `serve`.
    private static func answerAtOnce(_ arguments: ArraySlice<String>) {
        let text: String
        switch (arguments.first, arguments.count) {
        case ("--version", _), ("-V", _): text = VersionCommand.text
        case ("--help", 1), ("-h", 1), ("help", 1): text = HelpPage.overview
        default: return
        }
        StandardStreams.print(text)
        ExitStatus.success.leave()
    }

    /// Ends the process: help on standard output, everything else as one line on standard error.
    private static func leave(with error: any Error) -> Never {
        let status = (error as? CommandFailure)?.status ?? ExitStatus(exitCode(for: error))
        let text = (error as? CommandFailure)?.sentence ?? fullMessage(for: error, columns: HelpPage.columnsOfParser)
        if status == .success {
            StandardStreams.print(text)
        } else {
            // What the parser of arguments adds after its first line is its own usage text, which knows nothing of the settings.
            let line = text.split(separator: "\n").first.map(String.init) ?? text
            let bare = line.hasPrefix("Error: ") ? String(line.dropFirst(7)) : line
            StandardStreams.complain(bare.last == "." || bare.last == "?" ? bare : bare + ".")
        }
        status.leave()
    }
}
