internal import Logging
internal import WebSocketLoop

/// The internal port: `/live`, `/ready` and `/metrics`, for probes and Prometheus, not for the public.
///
/// It has a thread of its own, so that a probe is answered, or honestly not answered, while a loop is busy.
actor InternalServer: RequestHandler {
    private let thread: LoopThread
    private let logger: Logger
    private let shared: SharedState
    private let names: Set<String>
    private let budget: ConnectionBudget
    private let publicBudget: ConnectionBudget
    private let report: @Sendable () async -> MetricsReport
    private let watchdog: Watchdog
    /// Who asked for metrics and was not answered yet.
    private let questions: AsyncStream<SocketID>
    private let input: AsyncStream<SocketID>.Continuation
    private var loop: WebSocketLoop?
    private var labels = VersionLabels()

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - names: by which it may be asked for, besides addresses and `localhost`.
    ///   - report: asks all loops, so it returns only while they turn.
    init(
        names: [String], shared: SharedState, publicBudget: ConnectionBudget, watchdog: Watchdog, logger: Logger,
        report: @escaping @Sendable () async -> MetricsReport
    ) throws(LoopError) {
        thread = try LoopThread()
        self.logger = logger
        self.shared = shared
        self.names = Set(names.map { String(decoding: Array($0.utf8).lowercasedASCII, as: UTF8.self) })
        self.publicBudget = publicBudget
        self.watchdog = watchdog
        self.report = report
        budget = ConnectionBudget(limit: 32)
        (questions, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(64))
    }

    /// Probes and metrics are answered when no file descriptor is left, too: two at a time.
    private static var options: LoopOptions {
        var options = LoopOptions()
        options.keptPlaces = 2
        return options
    }

    func start(on sockets: ListeningSockets) throws(LoopError) {
        let logger = logger
        var hooks = LoopHooks { logger.log($0) }
        hooks.response = { .refusal(for: $0) }
        let loop = try WebSocketLoop(on: thread, options: Self.options, budget: budget, requests: self, hooks: hooks)
        loop.listen(on: sockets, index: 0)
        self.loop = loop
    }

    func stop() async {
        guard let loop else { return }
        await withCheckedContinuation { continuation in
            loop.stop { continuation.resume() }
        }
        self.loop = nil
    }

    /// Answers what needs the loops, one question after the other, until its task is cancelled.
    func run() async {
        for await socket in questions {
            let report = await report()
            let response = HTTPResponse(
                status: 200, headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
                body: report.text(&labels, at: MonotonicTime.now))
            loop?.respond(to: socket, with: response)
        }
    }

    // MARK: Requests

    nonisolated func outcome(of head: borrowing RequestHead, from socket: SocketID) -> RequestOutcome {
        switch InternalRouting.of(method: head.method, path: head.path, host: head.header(.host), names: names) {
        case .live: return .respond(liveness)
        case .metrics:
            if case .enqueued = input.yield(socket) { return .later }
            return .respond(.error(503, "too many questions wait"))
        case .ready: return .respond(readiness)
        case .answer(let response): return .respond(response)
        }
    }

    /// Alive: all loops turn. It is known without asking them.
    private nonisolated var liveness: HTTPResponse {
        if let complaint = watchdog.complaint { return .json(503, "{\"error\":\"\(complaint)\"}") }
        return .json(200, #"{"ok":true}"#)
    }

    /// Ready to be sent more connections: alive, not on the way out, and not near the limit.
    private nonisolated var readiness: HTTPResponse {
        if watchdog.complaint != nil { return liveness }
        if shared.isDraining { return .error(503, "the server is draining") }
        if let cluster = shared.cluster, !cluster.board.now.isReady { return .error(503, "the node is joining its cluster") }
        if publicBudget.openConnections >= publicBudget.limit - publicBudget.limit / 20 {
            return .error(503, "the server is near its limit of connections")
        }
        return .json(200, #"{"ok":true}"#)
    }
}

extension Logger {
    /// One line for what a loop has to tell.
    func log(_ notice: LoopNotice) {
        switch notice {
        case .refused: trace("A connection was turned away.")
        case .outOfDescriptors:
            error("No file descriptor is left: connections are shed until some are free. Raise the limit of open files.")
        case .noProxyHeader:
            warning("With --proxy-protocol only proxies of --trusted-proxies that speak it may connect; another connection was refused.")
        case .library(let line):
            warning("libwebsockets: \(line)")
        case .libraryLinesLeftOut(let count):
            warning("libwebsockets: \(count) further lines in ten seconds were left out.")
        }
    }
}
