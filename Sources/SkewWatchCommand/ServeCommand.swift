internal import ArgumentParser
internal import Logging
internal import SkewWatch

/// `skewwatch serve`: serves until a signal ends it.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve; what happens when no command is named.", usage: "skewwatch [serve] [settings]",
        discussion: HelpPage.discussion)

    @OptionGroup var arguments: SettingArguments

    func run() async throws {
        let (configuration, warnings) = try arguments.load(for: Self.self)
        FileLimit.raise(connections: configuration.maxConnections)
        let format = configuration.logFormat ?? (StandardStreams.errorsGoToTerminal ? .text : .json)
        LoggingSystem.bootstrap { _ in LineLogHandler(level: configuration.logLevel, format: format) }
        let logger = Logger(label: "skewwatch")
        for warning in warnings { logger.warning("\(warning)") }

        let server = SkewWatchServer(configuration: configuration, logger: logger)
        SignalWatch.start(
            onEnd: { name in
                logger.info("Ending after \(name); a second one ends at once.")
                server.shutdown()
            },
            onHangUp: { reload(server, logger) })
        do {
            try await server.run()
        } catch {
            throw CommandFailure(sentence: error.sentence, status: .failed)
        }
    }

    /// Reads the settings again, from the same places; those that cannot be used leave the old ones in force.
    private func reload(_ server: SkewWatchServer, _ logger: Logger) {
        do {
            let configuration = try arguments.load(for: Self.self).configuration
            logger.info("SIGHUP: reading secrets, tokens and keys again.")
            Task { await server.reload(configuration) }
        } catch {
            logger.error("SIGHUP: the old secrets stay in force. \((error as? CommandFailure)?.sentence ?? "\(error)")")
        }
    }
}
