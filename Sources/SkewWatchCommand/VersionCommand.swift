internal import ArgumentParser
internal import SkewWatch

/// `skewwatch version`: tells which SkewWatch this is.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version of SkewWatch.")

    /// The version, and the libraries that are in use.
    static var text: String {
        let libraries = BuildInfo.libraries.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        return "skewwatch \(BuildInfo.description)\n\(libraries)"
    }

    func run() { StandardStreams.print(Self.text) }
}
