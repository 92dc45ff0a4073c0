internal import HTTPCall
internal import Logging
internal import SkewProtocol
internal import WebSocketLoop

/// A server that listens: its loops, what works beside them, and how all of it is served and ended.
struct ListeningServer: Sendable {
    let parts: ServerParts
    let trackers: [ConnectionTracker]
    let address: ServerAddress
    private let scheduler: BroadcastScheduler
    private let watchdog: Watchdog
    /// nil where the internal port is off.
    private let probes: InternalServer?
    /// nil where it listens on ports alone.
    private let socketFile: SocketFile?

    /// Which loop hangs, in a sentence; nil where none does.
    var complaint: String? { watchdog.complaint }

    // MARK: Listening

    /// Listens with all loops, and on the internal port.
    /// - Throws: why it can't. Nothing is left running then.
    static func listen(_ parts: ServerParts) async throws(LoopError) -> ListeningServer {
        let sockets = try publicSockets(of: parts)
        do {
            return try await listen(parts, on: sockets)
        } catch {
            for place in sockets { place.file?.remove() }
            throw error
        }
    }

    private static func listen(_ parts: ServerParts, on sockets: [ListeningSockets]) async throws(LoopError) -> ListeningServer {
        let configuration = parts.configuration
        var trackers = try await startLoops(of: parts, on: sockets)
        do {
            if let operators = try await startOperatorsLoop(of: parts) { trackers.append(operators) }
        } catch {
            for tracker in trackers { await tracker.stop() }
            throw error
        }
        let scheduler = BroadcastScheduler(
            fleet: parts.fleet, trackers: trackers, inbox: parts.shared.inbox, tracked: TrackedParts(configuration),
            debounce: configuration.debounce, maxWait: configuration.maxWait)
        let watchdog = Watchdog(over: trackers.map(\.thread.heartbeat), interval: parts.lookInterval, logger: parts.logger)
        let probes: InternalServer?
        do {
            try watchdog.start()
            probes = try await startProbes(of: parts, trackers, scheduler, watchdog)
        } catch {
            watchdog.stop()
            for tracker in trackers { await tracker.stop() }
            throw error
        }
        parts.shared.setTrackers(trackers)
        for tracker in trackers { await parts.fleet.add(tracker) }
        if let member = parts.member { await parts.fleet.add(member) }
        let socketFile = sockets.compactMap(\.file).first
        let address = ServerAddress(
            host: configuration.host, port: sockets.first { $0.file == nil }?.port, socketPath: socketFile?.path,
            isTLS: configuration.tlsCertificate != nil, path: configuration.basePath)
        return ListeningServer(
            parts: parts, trackers: trackers, address: address, scheduler: scheduler, watchdog: watchdog, probes: probes,
            socketFile: socketFile)
    }

    /// A port, one that a supervisor opened or one of its own, and a Unix socket: both, or one of them.
    private static func publicSockets(of parts: ServerParts) throws(LoopError) -> [ListeningSockets] {
        let configuration = parts.configuration
        var sockets: [ListeningSockets] = []
        if parts.hooks.takesActivatedSocket, let activated = try ActivatedSocket.take(count: parts.loops) {
            sockets.append(activated)
        } else if let port = configuration.port {
            sockets.append(
                try ListeningSockets.open(host: configuration.host, port: port, count: parts.loops, takesOver: configuration.takeover))
        }
        guard let path = configuration.unixSocket else { return sockets }
        do {
            return sockets + [
                try SocketFile.listen(
                    at: path, mode: configuration.unixSocketMode, count: parts.loops, takesOver: configuration.takeover)
            ]
        } catch {
            for place in sockets { place.close(from: 0) }
            throw error
        }
    }

    private static func startLoops(
        of parts: ServerParts, on sockets: [ListeningSockets]
    ) async throws(LoopError) -> [ConnectionTracker] {
        var settings = TrackerSettings(parts.configuration, loops: parts.loops, live: parts.live, hooks: parts.hooks)
        (settings.isClustered, settings.tagReader) = (parts.member != nil, parts.tagReader)
        var trackers: [ConnectionTracker] = []
        do {
            for index in 0..<parts.loops {
                let tracker = ConnectionTracker(
                    index: index, on: try LoopThread(), settings: settings, shared: parts.shared, desk: parts.desk, logger: parts.logger)
                try await tracker.start(on: sockets, budget: parts.budget)
                trackers.append(tracker)
            }
        } catch {
            for tracker in trackers { await tracker.stop() }
            for place in sockets { place.close(from: trackers.count) }
            throw error
        }
        return trackers
    }

    /// One more loop with everything on it, the operators' endpoints included, on a port of its own. It has a budget of its own, so
    /// that a public port that is full keeps no operator out.
    private static func startOperatorsLoop(of parts: ServerParts) async throws(LoopError) -> ConnectionTracker? {
        let configuration = parts.configuration
        guard let port = configuration.adminPort else { return nil }
        let sockets = try ListeningSockets.open(
            host: configuration.adminHost, port: port, count: 1, takesOver: configuration.takeover)
        var settings = TrackerSettings(configuration, loops: 1, live: parts.live, hooks: parts.hooks)
        settings.servesOperators = true
        settings.loop.proxyProtocol = false
        (settings.isClustered, settings.tagReader) = (parts.member != nil, parts.tagReader)
        do {
            let tracker = ConnectionTracker(
                index: parts.loops, on: try LoopThread(), settings: settings, shared: parts.shared, desk: parts.desk, logger: parts.logger)
            try await tracker.start(on: [sockets], number: 0, budget: ConnectionBudget(limit: operatorsConnections))
            let address = ServerAddress(
                host: configuration.adminHost, port: sockets.port, isTLS: configuration.tlsCertificate != nil,
                path: configuration.basePath)
            parts.logger.info("Admin endpoints.", metadata: ["address": "\(address.url)"])
            return tracker
        } catch {
            sockets.close(from: 0)
            throw error
        }
    }

    /// Connections on the operators' own port.
    private static let operatorsConnections = 256

    private static func startProbes(
        of parts: ServerParts, _ trackers: [ConnectionTracker], _ scheduler: BroadcastScheduler, _ watchdog: Watchdog
    ) async throws(LoopError) -> InternalServer? {
        let configuration = parts.configuration
        guard let port = configuration.internalPort else { return nil }
        let sockets = try ListeningSockets.open(
            host: configuration.internalHost, port: port, count: 1, takesOver: configuration.takeover)
        let (shared, budget, fleet, calls) = (parts.shared, parts.budget, parts.fleet, parts.desk.calls)
        let (webhooks, previews) = (parts.webhooks, configuration.previewVersions)
        let server = try InternalServer(
            names: parts.configuration.internalNames, shared: shared, publicBudget: budget, watchdog: watchdog, logger: parts.logger
        ) {
            var loops: [LoopReport] = []
            for tracker in trackers { loops.append(await tracker.report()) }
            let seconds = (MonotonicTime.now - shared.startedAt) / .seconds(1)
            let versions = await fleet.counts.versions
            return MetricsReport(
                loops: loops, versions: versions, subscribers: shared.inbox.subscribers,
                broadcasts: await scheduler.broadcasts, appCalls: calls.histograms, connectionLimit: budget.limit,
                releases: shared.decisions.releaseHistory.versions, uptimeSeconds: seconds, process: .now,
                cluster: await ClusterMetrics(parts), webhooks: webhooks?.metrics,
                rollout: RolloutMetrics(versions, shared.decisions.releaseHistory.entries.last, previews: previews))
        }
        do {
            try await server.start(on: sockets)
        } catch {
            sockets.close(from: 0)
            throw error
        }
        let address = ServerAddress(host: configuration.internalHost, port: sockets.port, isTLS: false, path: "")
        parts.logger.info("Probes and metrics.", metadata: ["address": "\(address.url)"])
        return server
    }

    /// Tells the operator where it listens and what he should see.
    func tellStart() {
        let (configuration, logger) = (parts.configuration, parts.logger)
        logger.info(
            "Listening.",
            metadata: [
                "address": "\(address.places)", "loops": .number(parts.loops), "connections": "\(parts.limit)",
                "build": "\(BuildInfo.description)",
            ])
        if let url = address.localURL { logger.info("Open the dashboard.", metadata: ["url": "\(url)/dashboard"]) }
        if parts.keeper != nil {
            logger.info(
                "\(parts.releaseAtStart.sentence(setting: configuration.release))",
                metadata: ["release": "\(parts.shared.release ?? "none")", "setting": "\(configuration.release ?? "none")"])
        }
        for warning in configuration.warnings + [parts.limit.warning].compactMap(\.self) { logger.warning("\(warning)") }
        if !configuration.connectionTracking {
            logger.info("Connections are not tracked: nobody sees statistics.")
        } else if parts.deniesEverybody {
            logger.info("Statistics are denied to everybody; set --stats-token (or SKEWWATCH_STATS_TOKEN_FILE) to allow them.")
        }
    }

    // MARK: Serving

    /// Adds what works beside the loops as children, which end when their tasks are cancelled.
    func serve(in group: inout DiscardingTaskGroup) {
        group.addTask { await scheduler.run() }
        let sampler = FleetSampler(shared: parts.shared, fleet: parts.fleet, webhooks: parts.webhooks)
        group.addTask { await sampler.run() }
        if let webhooks = parts.webhooks { group.addTask { await webhooks.run() } }
        if let keeper = parts.keeper { group.addTask { await keeper.run() } }
        let board = RolloutBoard(
            shared: parts.shared, fleet: parts.fleet, tracksRoutes: parts.configuration.routeTracking,
            tracksTags: parts.configuration.tracksTags, announcer: parts.announcer)
        group.addTask { await parts.shared.gate.run(board) }
        if let member = parts.member { group.addTask { await member.run(parts.fleet) } }
        if let probes { group.addTask { await probes.run() } }
        group.addTask { await parts.desk.run() }
        if let reader = parts.tagReader { group.addTask { await reader.run() } }
        if let url = parts.configuration.releaseURL {
            let watch = ReleaseWatch(
                url: url, caller: parts.caller, shared: parts.shared, logger: parts.logger,
                isSpeaker: { [shared = parts.shared] in shared.isSpeaker })
            group.addTask { await watch.run() }
        }
    }

    // MARK: Ending

    /// Stops accepting and closes every connection by a plan, then gives the peers a moment to answer.
    func drain() async {
        parts.shared.decisions.startDraining()
        watchdog.startDraining(within: parts.configuration.drainTimeout)
        await parts.member?.startDraining()
        // What has come to it by now is taken; what comes later finds the next server, or none.
        socketFile?.remove()
        var open: [Int] = []
        for tracker in trackers { open.append(await tracker.startDraining()) }
        var plan = DrainPlan(open: open, timeout: parts.configuration.drainTimeout, from: MonotonicTime.now)
        if plan.total > 0 {
            parts.logger.info(
                "Draining.", metadata: ["connections": .number(plan.total), "seconds": .number(plan.duration / .seconds(1))])
        }
        loop: while !parts.shared.decisions.isHurried {
            switch plan.next(at: MonotonicTime.now) {
            case .close(let counts): for (tracker, count) in zip(trackers, counts) where count > 0 { await tracker.drain(count) }
            case .wait(let moment): await Self.sleep(until: moment)
            case .done: break loop
            }
        }
        // Those that came in with the last accept.
        for tracker in trackers { await tracker.drain(.max) }
        if let member = parts.member {
            await parts.fleet.refresh()
            await member.leave()
        }
        await waitForGoodbyes()
        // The desk's questions end, and so can the desk.
        parts.caller.end()
    }

    /// Returns when the last connection is closed, or two seconds have passed.
    private func waitForGoodbyes() async {
        let isOver = Latch()
        parts.budget.whenEmpty { isOver.open() }
        // No child: this task may be cancelled, and a child would not sleep then.
        let timer = Task {
            try? await Task.sleep(for: .seconds(2))
            isOver.open()
        }
        await isOver.wait()
        timer.cancel()
    }

    /// Sleeps in a task of its own: this one may be cancelled, which is how a program ends a server, and could not sleep.
    private static func sleep(until moment: Duration) async {
        await Task { try? await Task.sleep(for: moment - MonotonicTime.now) }.value
    }

    /// Ends loops and threads; nothing works after it.
    func stop() async {
        parts.shared.setTrackers([])
        for tracker in trackers { await tracker.stop() }
        watchdog.stop()
        await probes?.stop()
    }
}
