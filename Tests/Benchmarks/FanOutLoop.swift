import WebSocketLoop

/// A real loop on loopback that sends the same bytes to all its sockets and tells what its thread used.
actor FanOutLoop: WebSocketHandler {
    private let thread: LoopThread
    private var loop: WebSocketLoop?
    private var sockets: [SocketID] = []
    nonisolated let port: Int

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init() async throws {
        let sockets = try ListeningSockets.open(host: "127.0.0.1", port: 0, count: 1)
        thread = try LoopThread()
        port = sockets.port
        try start(sockets)
    }

    private func start(_ sockets: ListeningSockets) throws {
        let loop = try WebSocketLoop(
            on: thread, options: LoopOptions(), budget: ConnectionBudget(limit: 10_000), webSockets: self, hooks: LoopHooks { _ in })
        loop.listen(on: sockets, index: 0)
        self.loop = loop
    }

    /// What the loop's thread used so far.
    var usage: ThreadUsage { .now }

    /// Sends a message to everybody, so many times.
    func announce(_ bytes: [UInt8], times: Int) {
        for _ in 0..<times {
            let payload = Payload(bytes)
            for socket in sockets { loop?.send(payload, to: socket) }
        }
    }

    /// Sends a message with a tail of its own to everybody.
    func sendList(_ bytes: [UInt8], tail: [UInt8]) {
        let payload = Payload(bytes)
        for socket in sockets { loop?.send(payload, tail: tail, to: socket) }
    }

    func stop() async {
        guard let loop else { return }
        await withCheckedContinuation { continuation in
            loop.stop { continuation.resume() }
        }
        self.loop = nil
    }

    // MARK: WebSocketHandler

    nonisolated func opened(_ socket: SocketID, over transport: Transport, _ head: borrowing RequestHead) {
        assumeIsolated { $0.sockets.append(socket) }
    }

    nonisolated func received(_ message: Span<UInt8>, isText: Bool, from socket: SocketID) {}
}
