internal import ArgumentParser

/// `skewwatch manual`: the manual page, for packages.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print the manual page, for man -l and for packages.")

    func run() { StandardStreams.print(ManualPage.text) }
}
