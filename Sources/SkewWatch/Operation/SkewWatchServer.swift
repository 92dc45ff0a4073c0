internal import HTTPCall
public import Logging
internal import Presence
internal import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

/// The whole server: loops, trackers, the scheduler, and how they start and end.
public final class SkewWatchServer: Sendable {
    private let configuration: Configuration
    let hooks: ServerHooks
    let logger: Logger
    private let ending = Latch()
    let reloads = ReloadMailbox()
    private let hasRun = Atomic<Bool>(false)
    let authorization = Mutex<Authorization?>(nil)

    /// Makes a server that does not run yet.
    public init(configuration: Configuration, hooks: ServerHooks = ServerHooks(), logger: Logger) {
        self.configuration = configuration
        self.hooks = hooks
        self.logger = logger
    }

    /// Serves until ``shutdown()`` is called or its task is cancelled; then it closes every connection with 1012 and returns.
    /// - Throws: when a setting is wrong, when it can't listen, or when it was called before. Nothing is left running then.
    public func run() async throws(ServeError) {
        guard !hasRun.exchange(true, ordering: .relaxed) else { throw .alreadyRun }
        let warnings = try checkConfiguration()
        let loops = configuration.loops ?? LoopThread.recommendedCount
        let budget = ConnectionBudget(limit: connectionLimit)
        let shared = SharedState(release: configuration.release, maxConnectionsPerAddress: configuration.maxConnectionsPerIP)
        let caller = HTTPCaller()
        let audit = AuditLog(logger: logger)
        let authorizers = Authorizers(configuration, hooks: hooks, caller: caller, audit: audit)
        let desk = AuthorizationDesk(authorizers, audit: audit)
        let live = LiveSettings(configuration, hooks: hooks)
        let trackers: [ConnectionTracker]
        let port: Int
        do {
            (trackers, port) = try await start(loops, budget, shared, desk, live)
        } catch {
            throw ServeError(error)
        }
        shared.setTrackers(trackers)
        let fleet = Fleet(limits: statisticsLimits)
        for tracker in trackers { await fleet.add(tracker) }
        let scheduler = BroadcastScheduler(
            fleet: fleet, trackers: trackers, inbox: shared.inbox, tracksRoutes: configuration.routeTracking,
            debounce: configuration.debounce, maxWait: configuration.maxWait)
        let probes: InternalServer?
        do {
            probes = try await startInternal(trackers, fleet, scheduler, shared, budget)
        } catch {
            for tracker in trackers { await tracker.stop() }
            throw ServeError(error)
        }
        logStart(port: port, loops: loops, limit: budget.limit, isDenyingAll: authorizers.isEmpty, warnings)
        hooks.listening?(port)

        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await scheduler.run() }
                group.addTask { await shared.history.run(fleet) }
                if let probes { group.addTask { await probes.run() } }
                group.addTask { await desk.run() }
                let running = Authorization(desk: desk, trackers: trackers, caller: caller)
                authorization.withLock { $0 = running }
                let reloading = Reloading(
                    configuration: self.configuration, authorization: running, live: live, budget: budget, addresses: shared.addresses)
                group.addTask { await self.takeReloads(reloading) }
                await ending.wait()
                shared.startDraining()
                await self.drain(trackers)
                authorization.withLock { $0 = nil }
                caller.end()
                group.cancelAll()
            }
        } onCancel: {
            ending.open()
        }
        reloads.close()
        shared.setTrackers([])
        for tracker in trackers { await tracker.stop() }
        await probes?.stop()
        logger.info("Ended.")
    }

    /// Ends ``run()``. Any thread.
    public func shutdown() { ending.open() }

    // MARK: Starting

    /// Looks at everything that can be known before listening.
    /// - Returns: what the operator should see.
    private func checkConfiguration() throws(ServeError) -> [String] {
        var configuration = configuration
        do throws(ConfigurationError) {
            try configuration.validate()
            try configuration.inspectFiles()
        } catch {
            throw .configuration(error)
        }
        return configuration.warnings
    }

    private func start(
        _ loops: Int, _ budget: ConnectionBudget, _ shared: SharedState, _ desk: AuthorizationDesk,
        _ live: LiveSettings
    ) async throws(LoopError) -> ([ConnectionTracker], port: Int) {
        let sockets = try ListeningSockets.open(host: configuration.host, port: configuration.port, count: loops)
        var trackers: [ConnectionTracker] = []
        do {
            for index in 0..<loops {
                let tracker = ConnectionTracker(
                    index: index, on: try LoopThread(), settings: trackerSettings(loops: loops, live), shared: shared, desk: desk,
                    logger: logger)
                try await tracker.start(on: sockets, budget: budget)
                trackers.append(tracker)
            }
        } catch {
            for tracker in trackers { await tracker.stop() }
            sockets.close(from: trackers.count)
            throw error
        }
        return (trackers, sockets.port)
    }

    private func startInternal(
        _ trackers: [ConnectionTracker], _ fleet: Fleet, _ scheduler: BroadcastScheduler, _ shared: SharedState,
        _ budget: ConnectionBudget
    ) async throws(LoopError) -> InternalServer? {
        guard let port = configuration.internalPort else { return nil }
        let sockets = try ListeningSockets.open(host: configuration.internalHost, port: port, count: 1)
        let server = try InternalServer(shared: shared, publicBudget: budget, logger: logger) {
            var loops: [LoopReport] = []
            for tracker in trackers { loops.append(await tracker.report()) }
            let seconds = (MonotonicTime.now - shared.startedAt) / .seconds(1)
            return MetricsReport(
                loops: loops, fleet: await fleet.counts, subscribers: shared.inbox.subscribers, broadcasts: await scheduler.broadcasts,
                connectionLimit: budget.limit, release: shared.release, uptimeSeconds: seconds)
        }
        do {
            try await server.start(on: sockets)
        } catch {
            sockets.close(from: 0)
            throw error
        }
        logger.info("Probes and metrics.", metadata: ["address": "http://\(configuration.internalHost):\(sockets.port)"])
        return server
    }

    private var statisticsLimits: StatisticsLimits {
        StatisticsLimits(
            versions: configuration.maxVersions, routes: configuration.maxRoutes,
            listedConnections: configuration.maxListedConnections, tracksRoutes: configuration.routeTracking)
    }

    private func trackerSettings(loops: Int, _ live: LiveSettings) -> TrackerSettings {
        TrackerSettings(
            basePath: configuration.basePath,
            connectionTracking: configuration.connectionTracking, routeTracking: configuration.routeTracking,
            ipTracking: configuration.ipTracking, excludeBots: configuration.excludeBots, cookieName: configuration.cookieName,
            trustedProxies: configuration.trustedProxies, live: live,
            limits: statisticsLimits, loop: LoopOptions(configuration, loops: loops), hooks: hooks,
            limitsAddresses: configuration.maxConnectionsPerIP != nil)
    }

    private var connectionLimit: Int { Self.connectionLimit(configuration) }

    static func connectionLimit(_ configuration: Configuration) -> Int {
        let possible = max(1, OpenFileLimit.current - OpenFileLimit.reserved)
        return min(configuration.maxConnections ?? possible, possible)
    }

    private func logStart(port: Int, loops: Int, limit: Int, isDenyingAll: Bool, _ warnings: [String]) {
        let scheme = configuration.tlsCertificate == nil ? "http" : "https"
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        logger.info(
            "Listening.",
            metadata: [
                "address": "\(scheme)://\(host):\(port)\(configuration.basePath)", "loops": "\(loops)", "connections": "at most \(limit)",
            ])
        if OpenFileLimit.current < OpenFileLimit.comfortable {
            logger.warning("Only \(OpenFileLimit.current) files may be open, so only \(limit) connections; raise the limit (ulimit -n).")
        }
        for warning in warnings { logger.warning("\(warning)") }
        if !configuration.connectionTracking {
            logger.info("Connections are not tracked: nobody sees statistics.")
        } else if isDenyingAll {
            logger.info("Statistics are denied to everybody; set --stats-token (or SKEWWATCH_STATS_TOKEN_FILE) to allow them.")
        }
    }

    // MARK: Ending

    /// Stops accepting and closes every connection, spread evenly, so that the successor sees no storm: over the drain timeout, or
    /// over 10 ms for each connection where that is less.
    private func drain(_ trackers: [ConnectionTracker]) async {
        var left: [Int] = []
        for tracker in trackers { left.append(await tracker.startDraining()) }
        let total = left.reduce(0, +)
        let step = Duration.milliseconds(50)
        var steps = max(1, Int(min(configuration.drainTimeout, .milliseconds(10 * total)) / step))
        if total > 0 { logger.info("Draining.", metadata: ["connections": "\(total)", "seconds": "\(step * steps / .seconds(1))"]) }
        while steps > 0 {
            for (index, tracker) in trackers.enumerated() where left[index] > 0 {
                let share = (left[index] + steps - 1) / steps
                await tracker.drain(share)
                left[index] -= share
            }
            steps -= 1
            if steps > 0 { try? await Task.sleep(for: step) }
        }
        for tracker in trackers { await tracker.drain(.max) }
        await waitForGoodbyes(trackers)
    }

    /// Gives the peers a moment to answer the close frames.
    private func waitForGoodbyes(_ trackers: [ConnectionTracker]) async {
        let deadline = MonotonicTime.now + .seconds(2)
        while MonotonicTime.now < deadline {
            var open = 0
            for tracker in trackers { open += await tracker.openConnections }
            if open == 0 { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}

extension LoopOptions {
    init(_ configuration: Configuration, loops: Int) {
        self.init()
        maxMessageBytes = configuration.maxMessageBytes
        maxPendingHandshakes = max(1, configuration.maxPendingHandshakes / loops)
        handshakeTimeout = configuration.handshakeTimeout
        pingInterval = configuration.pingInterval
        pongTimeout = configuration.pongTimeout
        maxMessagesPerSecond = configuration.maxMessagesPerSecond
        messageBurst = 2 * configuration.maxMessagesPerSecond
        if let certificate = configuration.tlsCertificate, let key = configuration.tlsKey { tls = (certificate, key) }
    }
}
