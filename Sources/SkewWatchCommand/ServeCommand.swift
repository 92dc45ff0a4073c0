internal import ArgumentParser
internal import Logging
internal import SkewWatch

/// `skewwatch serve`: serves until a signal ends it.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve; what happens when no command is named.", usage: "skewwatch [serve] [settings]",
        discussion: HelpPage.discussion)

    @OptionGroup var arguments: SettingArguments

    /// Does not return: the main thread waits for signals while others serve, and the process ends with the server.
    func run() throws {
        let (configuration, warnings) = try arguments.load(for: Self.self)
        // An asynchronous `main` would end in dispatch's main loop, which unblocks all signals on this thread again.
        SignalWatch.blockSignals()
        FileLimit.raise()
        let format = configuration.logFormat ?? (StandardStreams.errorsGoToTerminal ? .text : .json)
        LoggingSystem.bootstrap { _ in LineLogHandler(level: configuration.logLevel, format: format) }
        let logger = Logger(label: "skewwatch")
        for warning in warnings { logger.warning("\(warning)") }

        let server = SkewWatchServer(configuration: configuration, logger: logger)
        Task {
            do throws(ServeError) {
                try await server.run()
                ExitStatus.success.leave()
            } catch {
                StandardStreams.complain(error.sentence)
                ExitStatus.cannotServe.leave()
            }
        }
        SignalWatch.wait(
            onEnd: { name in
                logger.info("Ending after \(name); a second one ends at once.")
                server.shutdown()
            },
            onHangUp: { logger.info("SIGHUP has no effect yet.") })
    }
}
