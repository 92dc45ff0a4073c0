// An echo server on WebSocketLoop alone, for tests: standard WebSocket suites want one. Text and binary up to 16 MiB come back.
// Usage: WebSocketLoopEcho [--port N] [--kept N]; prints the port it listens on. With --kept a second loop listens on a port of its own,
// where as many connections are let in when no descriptor is left.

import Glibc
import WebSocketLoop

/// Echoes on one loop, as an actor that lives on it.
actor Echo: WebSocketHandler {
    private let thread: LoopThread
    private var loop: WebSocketLoop?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(on thread: LoopThread) {
        self.thread = thread
    }

    func listen(on sockets: ListeningSockets, keptPlaces: Int = 0) throws {
        var options = LoopOptions()
        options.keptPlaces = keptPlaces
        options.maxMessageBytes = 16 << 20
        options.maxQueuedBytes = 64 << 20
        options.maxMessagesPerSecond = 0
        options.receiveBufferBytes = 4096
        let hooks = LoopHooks { notice in
            // What is turned away is too much to print each.
            if case .refused = notice { return }
            print(notice)
        }
        let loop = try WebSocketLoop(
            on: thread, options: options, budget: ConnectionBudget(limit: 10_000), webSockets: self, hooks: hooks)
        loop.listen(on: sockets, index: 0)
        self.loop = loop
    }

    func stop() async {
        await withCheckedContinuation { continuation in
            loop?.stop { continuation.resume() }
        }
        loop = nil
    }

    nonisolated func received(_ message: Span<UInt8>, isText: Bool, from socket: SocketID) {
        let bytes = unsafe message.withUnsafeBufferPointer { unsafe Array($0) }
        assumeIsolated { $0.loop?.send(bytes, isText: isText, to: socket) }
    }
}

@main struct Command {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let port = arguments.firstIndex(of: "--port").flatMap { Int(arguments[$0 + 1]) } ?? 0
        let sockets = try ListeningSockets.open(host: "127.0.0.1", port: port, count: 1)
        let echo = Echo(on: try LoopThread())
        try await echo.listen(on: sockets)
        var second: (echo: Echo, port: Int)?
        if let kept = arguments.firstIndex(of: "--kept").flatMap({ Int(arguments[$0 + 1]) }) {
            let sockets = try ListeningSockets.open(host: "127.0.0.1", port: 0, count: 1)
            second = (Echo(on: try LoopThread()), sockets.port)
            try await second?.echo.listen(on: sockets, keptPlaces: kept)
        }
        print("listening on \(sockets.port)" + (second.map { " and \($0.port)" } ?? ""))
        // Whoever reads this through a pipe would see it only at the end.
        fflush(nil)
        // Standard input is the lifetime: a test that dies takes the server along.
        while readLine() != nil {}
        await echo.stop()
        await second?.echo.stop()
    }
}
