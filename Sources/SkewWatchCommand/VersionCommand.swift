internal import ArgumentParser

/// `skewwatch version`: tells which SkewWatch this is.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version of SkewWatch.")

    /// The version of this source tree.
    static let current = "0.1.0"

    func run() { StandardStreams.print("skewwatch \(Self.current)") }
}
