internal import ArgumentParser
internal import Logging
internal import SkewWatch

/// `skewwatch serve`: serves until a signal ends it.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve; what happens when no command is named.", usage: "skewwatch [serve] [settings]")

    @OptionGroup var arguments: SettingArguments

    func run() async throws {
        let configuration = try arguments.load(for: Self.self)
        FileLimit.raise(connections: configuration.maxConnections, isTLS: configuration.tlsCertificate != nil)
        let format = configuration.logFormat ?? (StandardStreams.errorsGoToTerminal ? .text : .json)
        let threshold = LogThreshold(configuration.logLevel)
        LoggingSystem.bootstrap { _ in LineLogHandler(threshold: threshold, format: format) }
        let logger = Logger(label: "skewwatch")
        let manager = ServiceManager(environment: SettingArguments.environment)
        var hooks = ServerHooks()
        hooks.listening = { _ in manager?.tell(.ready) }
        hooks.takesActivatedSocket = true
        let server = SkewWatchServer(configuration: configuration, hooks: hooks, logger: logger)
        SignalWatch.start(
            onEnd: { name in
                manager?.tell(.stopping)
                logger.info("Ending after \(name); a second one ends at once.")
                server.shutdown()
            },
            onHurry: { server.hurry() },
            onHangUp: { reload(server, logger, threshold) })
        // Ends with this scope.
        async let _ = manager?.keepTelling { server.isAlive }
        do {
            try await server.run()
        } catch {
            throw CommandFailure(sentence: error.sentence, status: error.needsOtherSettings ? .wrongSettings : .failed)
        }
    }

    /// Reads the settings again, from the same places; those that cannot be used leave the old ones in force. Called on the thread
    /// of the signals, one at a time, so that settings reach the server in the order they were read in.
    private func reload(_ server: SkewWatchServer, _ logger: Logger, _ threshold: LogThreshold) {
        do {
            let configuration = try arguments.load(for: Self.self)
            logger.info("SIGHUP: reading secrets, tokens and keys again.")
            for warning in configuration.warnings { logger.warning("\(warning)") }
            threshold.change(to: configuration.logLevel)
            server.reloadSoon(configuration)
        } catch {
            logger.error("SIGHUP: the old secrets stay in force. \((error as? CommandFailure)?.sentence ?? "\(error)")")
        }
    }
}
