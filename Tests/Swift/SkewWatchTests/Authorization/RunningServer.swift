import Logging
import Synchronization
import TestSockets

@testable import SkewWatch

/// A whole server on a free port of loopback.
struct RunningServer {
    let server: SkewWatchServer
    let port: Int
    let lines: LogLines

    /// Serves for the length of `body`.
    static func run(
        hooks: ServerHooks = ServerHooks(), _ change: (inout Configuration) -> Void,
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        var configuration = Configuration()
        configuration.host = "127.0.0.1"
        configuration.port = 0
        configuration.internalPort = nil
        configuration.loops = 2
        configuration.debounce = .milliseconds(1)
        configuration.drainTimeout = .zero
        change(&configuration)
        let (ports, sink) = AsyncStream<Int>.makeStream()
        var hooks = hooks
        hooks.listening = { sink.yield($0) }
        let lines = LogLines()
        let server = SkewWatchServer(configuration: configuration, hooks: hooks, logger: lines.logger)
        let running = Task {
            defer { sink.finish() }
            try await server.run()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next(isolation: #isolation) else { return try await running.value }
        do {
            try await body(RunningServer(server: server, port: port, lines: lines))
        } catch {
            server.shutdown()
            _ = await running.result
            throw error
        }
        server.shutdown()
        try await running.value
    }

    /// A client that has read its `connected`.
    func client(_ headers: String...) async throws -> Viewer {
        let socket = try await WebSocketClient(port: port, path: "/__skew/ws", headers: headers)
        let hello = try await socket.text()
        let id = hello.firstMatch(of: /"connectionId":"([^"]+)"/).map { String($0.1) } ?? ""
        return Viewer(socket: socket, id: id)
    }

    /// Waits for a line that has all of these in it.
    func line(with parts: String...) async throws -> String {
        for _ in 0..<1000 {
            if let line = lines.all.last(where: { line in parts.allSatisfy { line.contains($0) } }) { return line }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw SocketFault.malformed("no line with \(parts) in \(lines.all)")
    }
}

/// A client of a running server.
struct Viewer {
    let socket: WebSocketClient
    let id: String

    func subscribe(token: String? = nil, mode: String = "snapshot") async throws {
        try await socket.send(#"{"type":"subscribe-stats","mode":"\#(mode)"\#(token.map { #","token":"\#($0)""# } ?? "")}"#)
    }

    /// The next message that is no pong.
    func next() async throws -> String { try await socket.text() }

    /// Everything up to and with `stats-unauthorized`.
    func untilUnauthorized() async throws -> [String] {
        var messages: [String] = []
        while messages.last != Self.unauthorized { messages.append(try await next()) }
        return messages
    }

    static let unauthorized = #"{"type":"stats-unauthorized"}"#
}
