internal import ArgumentParser
internal import SkewWatch

/// `skewwatch check`: says whether `serve` would accept the same settings.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the settings; with --deep dial Redis and try the webhook.",
        usage: "skewwatch check [--deep] [settings]")

    @OptionGroup var arguments: SettingArguments

    /// Also asks what the settings lead to: connects to Redis and logs in there, and sends a test to the webhook.
    private static let deep = "--deep"

    func run() async throws {
        let isDeep = arguments.settings.contains(Self.deep)
        let configuration = try arguments.without(Self.deep).load(for: Self.self)
        for warning in configuration.warnings { StandardStreams.complain(warning) }
        // The server reads keys from a URL while it serves already: at the start its app may be starting, too.
        if let warning = await configuration.warningOfDistantKeys() { StandardStreams.complain(warning) }
        if let fault = configuration.faultOfSocket() { throw CommandFailure(sentence: fault, status: .failed) }
        if isDeep, let fault = configuration.faultOfRedis() { throw CommandFailure(sentence: fault, status: .failed) }
        if isDeep, let fault = await configuration.faultOfWebhook() { throw CommandFailure(sentence: fault, status: .failed) }
        FileLimit.raise(connections: configuration.maxConnections, isTLS: configuration.tlsCertificate != nil)
        let limit = configuration.connectionLimit
        // Where none was asked for, the line below says it all.
        if configuration.maxConnections != nil, let warning = limit.warning { StandardStreams.complain(warning) }
        StandardStreams.print("ok\nconnections: \(limit)")
    }
}
