import WebSocketLoop

/// What a handler was told, or told itself, in order.
enum ProbeEvent: Sendable, Equatable {
    case opened(SocketID)
    case text(String, SocketID)
    case binary(Int, SocketID)
    case drained(SocketID)
    case closed(SocketID, DisconnectReason)
    case notice(LoopNotice)
}

/// A real loop on a free port whose handler passes on what it is told, and echoes when asked to.
actor LoopProbe: WebSocketHandler {
    private let thread: LoopThread
    private var loop: WebSocketLoop?
    private let sink: AsyncStream<ProbeEvent>.Continuation
    private let isEchoing: Bool
    nonisolated let port: Int
    nonisolated let budget: ConnectionBudget

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    private init(thread: LoopThread, port: Int, budget: ConnectionBudget, isEchoing: Bool, sink: AsyncStream<ProbeEvent>.Continuation) {
        self.thread = thread
        self.port = port
        self.budget = budget
        self.isEchoing = isEchoing
        self.sink = sink
    }

    private func start(_ options: LoopOptions, _ sockets: ListeningSockets) throws {
        let hooks = LoopHooks { [sink] in sink.yield(.notice($0)) }
        let loop = try WebSocketLoop(on: thread, options: options, budget: budget, webSockets: self, hooks: hooks)
        loop.listen(on: sockets, index: 0)
        self.loop = loop
    }

    /// Runs a loop for the length of `body`, and stops it whatever happens.
    /// - Parameter isEchoing: whether messages are sent back.
    static func run(
        _ options: LoopOptions = LoopOptions(), host: String = "127.0.0.1", limit: Int = 1000, isEchoing: Bool = false,
        _ body: (LoopProbe, inout ProbeEvents) async throws -> Void
    ) async throws {
        let sockets = try ListeningSockets.open(host: host, port: 0, count: 1)
        let (stream, sink) = AsyncStream<ProbeEvent>.makeStream()
        let probe = LoopProbe(
            thread: try LoopThread(), port: sockets.port, budget: ConnectionBudget(limit: limit), isEchoing: isEchoing, sink: sink)
        do {
            try await probe.start(options, sockets)
        } catch {
            sockets.close(from: 0)
            throw error
        }
        var events = ProbeEvents(iterator: stream.makeAsyncIterator())
        do {
            try await body(probe, &events)
        } catch {
            await probe.stop()
            throw error
        }
        await probe.stop()
    }

    func stop() async {
        guard let loop else { return }
        self.loop = nil
        await withCheckedContinuation { continuation in
            loop.stop { continuation.resume() }
        }
    }

    // MARK: What a test may ask for

    func send(_ text: String, to socket: SocketID) { loop?.send(Array(text.utf8), to: socket) }

    /// Sends one shared payload to several sockets, each with a tail of its own.
    func send(_ body: [UInt8], tails: [(socket: SocketID, tail: String)]) {
        let payload = Payload(body)
        for (socket, tail) in tails { loop?.send(payload, tail: Array(tail.utf8), to: socket) }
    }

    func share(_ body: [UInt8], with sockets: [SocketID]) {
        let payload = Payload(body)
        for socket in sockets { loop?.send(payload, to: socket) }
    }

    func close(_ socket: SocketID, _ code: CloseCode) { loop?.close(socket, code) }

    func renewCertificate() throws { try loop?.renewCertificate() }

    func isBusy(_ socket: SocketID) -> Bool { loop?.isBusy(socket) ?? false }

    func peerAddress(of socket: SocketID) -> String? { loop?.peerAddress(of: socket)?.text }

    var openConnections: Int { loop?.openConnections ?? 0 }

    // MARK: WebSocketHandler

    nonisolated func refusal(of head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse? {
        head.path.elementsEqual("/refused".utf8) ? HTTPResponse(status: 404, body: Array("refused".utf8)) : nil
    }

    nonisolated func opened(_ socket: SocketID, over transport: Transport, _ head: borrowing RequestHead) { sink.yield(.opened(socket)) }

    nonisolated func received(_ message: Span<UInt8>, isText: Bool, from socket: SocketID) {
        let bytes = unsafe message.withUnsafeBufferPointer { unsafe Array($0) }
        if isEchoing {
            assumeIsolated { $0.loop?.send(bytes, isText: isText, to: socket) }
        } else {
            sink.yield(isText ? .text(String(decoding: bytes, as: UTF8.self), socket) : .binary(bytes.count, socket))
        }
    }

    nonisolated func drained(_ socket: SocketID) { sink.yield(.drained(socket)) }
    nonisolated func closed(_ socket: SocketID, _ reason: DisconnectReason) { sink.yield(.closed(socket, reason)) }
}

/// The events of a probe, to be waited for in order.
struct ProbeEvents {
    var iterator: AsyncStream<ProbeEvent>.Iterator

    /// The next event.
    mutating func next() async -> ProbeEvent? { await iterator.next(isolation: #isolation) }

    /// The socket of the next `opened`; everything before it is skipped.
    mutating func opened() async -> SocketID? {
        while let event = await next() { if case .opened(let socket) = event { return socket } }
        return nil
    }

    /// The next `closed`; everything before it is skipped.
    mutating func closed() async -> (socket: SocketID, reason: DisconnectReason)? {
        while let event = await next() { if case .closed(let socket, let reason) = event { return (socket, reason) } }
        return nil
    }

    /// Skips everything before `event` and it.
    mutating func wait(for event: ProbeEvent) async { while let next = await next(), next != event {} }
}
