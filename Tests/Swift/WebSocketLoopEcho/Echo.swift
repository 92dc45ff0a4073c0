// An echo server on WebSocketLoop alone, for tests: standard WebSocket suites want one. Text and binary up to 16 MiB come back.
// Usage: WebSocketLoopEcho [--port N]; prints the port it listens on.

import Glibc
import WebSocketLoop

/// Echoes on one loop, as an actor that lives on it.
actor Echo: SocketHandler {
    private let thread: LoopThread
    private var loop: WebSocketLoop?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(on thread: LoopThread) {
        self.thread = thread
    }

    func listen(on sockets: ListeningSockets) throws {
        var options = LoopOptions()
        options.maxMessageBytes = 16 << 20
        options.maxQueuedBytes = 64 << 20
        options.maxMessagesPerSecond = 0
        options.receiveBufferBytes = 4096
        let loop = try WebSocketLoop(on: thread, options: options, budget: ConnectionBudget(limit: 10_000), handler: self)
        loop.listen(on: sockets, index: 0)
        self.loop = loop
    }

    func stop() async {
        await withCheckedContinuation { continuation in
            loop?.stop { continuation.resume() }
        }
        loop = nil
    }

    nonisolated func received(_ message: UnsafeRawBufferPointer, isText: Bool, from socket: SocketID) {
        let bytes = unsafe Array(message)
        assumeIsolated { $0.loop?.send(bytes, isText: isText, to: socket) }
    }

    nonisolated func refusal(of head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse? { nil }
    nonisolated func opened(_ socket: SocketID, _ head: borrowing RequestHead) {}
    nonisolated func drained(_ socket: SocketID) {}
    nonisolated func closed(_ socket: SocketID, _ reason: DisconnectReason) {}
    nonisolated func verdict(on head: borrowing RequestHead, of socket: SocketID) -> RequestVerdict {
        .respond(.error(404, "only WebSockets here"))
    }
    nonisolated func verdict(onBody body: [UInt8], of socket: SocketID) -> RequestVerdict { .respond(.error(404, "only WebSockets here")) }
    nonisolated func streamOpened(_ socket: SocketID) {}
    nonisolated func keepaliveDue(_ socket: SocketID) {}
    nonisolated func requestEnded(_ socket: SocketID) {}
    nonisolated func log(_ notice: LoopNotice) { print(notice) }
    nonisolated func refused(_ refusal: ConnectionRefusal) {}
}

@main struct Command {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let port = arguments.firstIndex(of: "--port").flatMap { Int(arguments[$0 + 1]) } ?? 0
        let sockets = try ListeningSockets.open(host: "127.0.0.1", port: port, count: 1)
        let echo = Echo(on: try LoopThread())
        try await echo.listen(on: sockets)
        print("listening on \(sockets.port)")
        // Whoever reads this through a pipe would see it only at the end.
        fflush(nil)
        // Standard input is the lifetime: a test that dies takes the server along.
        while readLine() != nil {}
        await echo.stop()
    }
}
