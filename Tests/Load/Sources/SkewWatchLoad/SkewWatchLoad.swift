import ArgumentParser

/// The command.
@main
struct SkewWatchLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skewwatch-load",
        abstract: "Loads a SkewWatch server with tabs and subscribers, and checks what the subscribers see.",
        subcommands: [Connect.self, Churn.self, Storm.self, Watch.self, Slow.self, Rollout.self])
}
