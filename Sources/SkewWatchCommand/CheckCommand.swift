internal import ArgumentParser
internal import SkewWatch

/// `skewwatch check`: says whether `serve` would accept the same settings.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the settings as serve does; print ok or what is wrong.",
        usage: "skewwatch check [settings]")

    @OptionGroup var arguments: SettingArguments

    func run() async throws {
        let configuration = try arguments.load(for: Self.self)
        for warning in configuration.warnings { StandardStreams.complain(warning) }
        // The server reads keys from a URL while it serves already: at the start its app may be starting, too.
        if let warning = await configuration.warningOfDistantKeys() { StandardStreams.complain(warning) }
        FileLimit.raise(connections: configuration.maxConnections)
        let limit = configuration.connectionLimit
        // Where none was asked for, the line below says it all.
        if configuration.maxConnections != nil, let warning = limit.warning { StandardStreams.complain(warning) }
        StandardStreams.print("ok\nconnections: \(limit)")
    }
}
