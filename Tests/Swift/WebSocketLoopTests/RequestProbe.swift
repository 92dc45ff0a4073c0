import WebSocketLoop

/// A real loop on a free port with a few plain answers and a stream.
actor RequestProbe: RequestHandler, WebSocketHandler {
    static let largeBytes = 8_000_000

    private let thread: LoopThread
    private var loop: WebSocketLoop?
    private var laters: [SocketID] = []
    private var streams: [SocketID] = []
    private var waiting: SocketID?
    /// Requests that are over.
    private(set) var ended = 0
    /// Streams that are gone.
    private(set) var closed = 0
    nonisolated let port: Int
    nonisolated let budget: ConnectionBudget

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    private init(thread: LoopThread, port: Int, limit: Int) {
        (self.thread, self.port) = (thread, port)
        budget = ConnectionBudget(limit: limit)
    }

    /// Runs a loop for the length of `body`, and stops it whatever happens.
    static func run(_ options: LoopOptions = LoopOptions(), limit: Int = 1000, _ body: (RequestProbe) async throws -> Void) async throws {
        let sockets = try ListeningSockets.open(host: "127.0.0.1", port: 0, count: 1)
        let probe = RequestProbe(thread: try LoopThread(), port: sockets.port, limit: limit)
        try await probe.start(options, sockets)
        do {
            try await body(probe)
        } catch {
            await probe.stop()
            throw error
        }
        await probe.stop()
    }

    private func start(_ options: LoopOptions, _ sockets: ListeningSockets) throws {
        let loop = try WebSocketLoop(
            on: thread, options: options, budget: budget, webSockets: self, requests: self, hooks: LoopHooks { _ in })
        loop.listen(on: sockets, index: 0)
        self.loop = loop
    }

    private func stop() async {
        guard let loop else { return }
        self.loop = nil
        await withCheckedContinuation { continuation in
            loop.stop { continuation.resume() }
        }
    }

    /// Sends a text to the newest stream or WebSocket.
    func tell(_ text: String) {
        if let stream = streams.last { loop?.send(Payload(Array(text.utf8)), tail: [], to: stream) }
    }

    /// Sends a blank to who waits, or the answer.
    func answerWaiting(_ body: String? = nil) {
        guard let waiting else { return }
        guard let body else {
            loop?.keepWaiting(waiting, headers: [("Content-Type", "application/json")])
            return
        }
        loop?.respond(to: waiting, with: HTTPResponse(status: 200, body: Array(body.utf8)))
    }

    /// Returns when no connection is left.
    func waitUntilEmpty() async throws {
        while budget.openConnections > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    // MARK: Handlers

    nonisolated func outcome(of head: borrowing RequestHead, from socket: SocketID) -> RequestOutcome {
        let path = String(decoding: head.path, as: UTF8.self)
        let query = String(decoding: head.query, as: UTF8.self)
        let method = head.method.rawValue
        return assumeIsolated { $0.outcome(method, path, query, socket) }
    }

    private func outcome(_ method: String, _ path: String, _ query: String, _ socket: SocketID) -> RequestOutcome {
        switch path {
        case "/echo": return .respond(HTTPResponse(status: 200, body: Array("\(method) \(path) \(query)".utf8)))
        case "/large": return .respond(HTTPResponse(status: 200, body: [UInt8](repeating: 0x61, count: Self.largeBytes)))
        case "/stream": return .stream(headers: [], prelude: Array("retry: 1\n\n".utf8))
        case "/body":
            if query == "later" { laters.append(socket) }
            return .readBody(limit: 100)
        case "/later":
            answerLater(socket)
            return .later
        case "/never": return .later
        case "/wait":
            loop?.liftDeadline(of: socket)
            waiting = socket
            return .later
        default: return .respond(HTTPResponse(status: 404))
        }
    }

    nonisolated func outcome(ofBody body: [UInt8], from socket: SocketID) -> RequestOutcome {
        assumeIsolated { probe in
            guard probe.laters.contains(socket) else { return .respond(HTTPResponse(status: 200, body: body)) }
            probe.answerLater(socket)
            return .later
        }
    }

    private func answerLater(_ socket: SocketID) {
        thread.performNextTurn {
            self.assumeIsolated { $0.loop?.respond(to: socket, with: HTTPResponse(status: 200, body: Array("late".utf8))) }
        }
    }

    nonisolated func requestEnded(_ socket: SocketID) { assumeIsolated { $0.ended += 1 } }

    nonisolated func opened(_ socket: SocketID, over transport: Transport, _ head: borrowing RequestHead) {
        assumeIsolated { probe in
            probe.streams.append(socket)
            probe.loop?.send(Array("hello".utf8), to: socket)
        }
    }

    nonisolated func received(_ message: Span<UInt8>, isText: Bool, from socket: SocketID) {}

    nonisolated func closed(_ socket: SocketID, _ reason: DisconnectReason) { assumeIsolated { $0.closed += 1 } }
}
