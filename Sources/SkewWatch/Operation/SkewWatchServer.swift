public import Logging
package import SkewCluster
internal import Synchronization
internal import WebSocketLoop

/// The whole server: how it starts, serves and ends. It runs once.
public final class SkewWatchServer: Sendable {
    /// Where in its life a server is.
    private enum State: Sendable {
        case ready
        case starting
        case running(ListeningServer)
        case ended
    }

    private let configuration: Configuration
    let hooks: ServerHooks
    let logger: Logger
    private let ending = Latch()
    let reloads = ReloadMailbox()
    private let state = Mutex(State.ready)

    private let lookInterval: Duration
    private let bus: (any PeerBus)?

    /// Makes a server that does not run yet.
    public convenience init(configuration: Configuration, hooks: ServerHooks = ServerHooks(), logger: Logger) {
        self.init(configuration: configuration, hooks: hooks, lookInterval: .seconds(1), logger: logger)
    }

    /// - Parameters:
    ///   - lookInterval: how often the watchdog looks whether the loops turn.
    ///   - bus: how it reaches other nodes; nil for what the settings say.
    package init(
        configuration: Configuration, hooks: ServerHooks = ServerHooks(), lookInterval: Duration = .seconds(1), bus: (any PeerBus)? = nil,
        logger: Logger
    ) {
        self.bus = bus
        self.configuration = configuration
        self.hooks = hooks
        self.lookInterval = lookInterval
        self.logger = logger
    }

    /// Serves until ``shutdown()`` is called or its task is cancelled; then it closes every connection with 1012 and returns.
    /// A hook that never returns hangs its loop; the process is ended (`abort`) when a loop has hung for 30 seconds.
    /// - Throws: when a setting is wrong, when it can't listen, or when it was called before. Nothing is left running then.
    public func run() async throws(ServeError) {
        try start()
        defer { end() }
        let configuration = try checkedConfiguration()
        let keeper = configuration.dataDir.map { HistoryOnDisk(folder: $0, days: configuration.historyDays, logger: logger) }
        let parts = ServerParts(
            configuration, hooks: hooks, keeper: keeper, past: await keeper?.open() ?? .init(), lookInterval: lookInterval,
            bus: bus, logger: logger)
        let server = try await listen(parts)
        server.tellStart()
        hooks.listening?(server.address.port ?? 0)
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                server.serve(in: &group)
                group.addTask { await self.takeReloads(server) }
                await ending.wait()
                await server.drain()
                group.cancelAll()
            }
        } onCancel: {
            ending.open()
        }
        await server.stop()
        await keeper?.close()
        logger.info("Ended.")
    }

    /// Ends ``run()``. Any thread.
    public func shutdown() { ending.open() }

    /// Closes at once whom it would close one after the other, and says goodbye to the other nodes: they expect the tabs. Any thread.
    /// - Returns: false where it does not drain, or there are no other nodes who would have to know.
    package func hurry() -> Bool {
        guard let shared = running?.parts.shared, shared.cluster != nil, shared.isDraining else { return false }
        shared.decisions.hurry()
        return true
    }

    /// What serves now; nil before it listens and after it has ended.
    var running: ListeningServer? {
        state.withLock { if case .running(let server) = $0 { server } else { nil } }
    }

    // MARK: The steps of running

    private func start() throws(ServeError) {
        let isFirst = state.withLock { state in
            guard case .ready = state else { return false }
            state = .starting
            return true
        }
        guard isFirst else { throw .alreadyRun }
    }

    /// Looks at everything that can be known before listening.
    private func checkedConfiguration() throws(ServeError) -> Configuration {
        var configuration = configuration
        do throws(ConfigurationError) {
            try configuration.validate()
            try configuration.inspectFiles()
        } catch {
            throw .configuration(error)
        }
        return configuration
    }

    private func listen(_ parts: ServerParts) async throws(ServeError) -> ListeningServer {
        let server: ListeningServer
        do {
            server = try await ListeningServer.listen(parts)
        } catch {
            throw ServeError(error)
        }
        state.withLock { $0 = .running(server) }
        return server
    }

    private func end() {
        state.withLock { $0 = .ended }
        reloads.close()
    }
}
