package import SkewCluster
package import SkewWatch
package import TestSockets

/// A whole server in this process on a free port of loopback.
package struct RunningServer: Sendable {
    package static let token = "sesame"
    package let port: Int
    /// What it logs.
    package let lines: LogLines
    package let server: SkewWatchServer

    /// Of the probes and metrics; nil where they are off.
    package var internalPort: Int? {
        let line = lines.all.first { $0.contains("Probes and metrics.") }
        return line?.firstMatch(of: /address=\S*:([0-9]+)/).flatMap { Int($0.1) }
    }

    /// Asks it to end while a test goes on.
    package func shutdown() { server.shutdown() }

    /// Runs a server for the length of `body`, and ends it whatever happens.
    package static func run(
        _ configuration: Configuration = .testing { _ in }, hooks: ServerHooks = ServerHooks(), bus: (any PeerBus)? = nil,
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        try configuration.validate()
        let (ports, sink) = AsyncStream<Int>.makeStream()
        var hooks = hooks
        hooks.listening = { sink.yield($0) }
        let lines = LogLines(configuration.logLevel)
        let server = SkewWatchServer(configuration: configuration, hooks: hooks, bus: bus, logger: lines.logger)
        let running = Task {
            defer { sink.finish() }
            try await server.run()
        }
        var failure: (any Error)?
        if let port = await ports.first(where: { _ in true }) {
            do {
                try await body(RunningServer(port: port, lines: lines, server: server))
            } catch { failure = error }
        }
        server.shutdown()
        let end = await running.result
        if let failure { throw failure }
        try end.get()
    }

    /// Runs a server on two loops that tells changes at once, with settings changed as wanted and no token unless given.
    package static func run(
        hooks: ServerHooks = ServerHooks(), _ change: (inout Configuration) -> Void, _ body: (RunningServer) async throws -> Void
    ) async throws {
        var configuration = Configuration()
        (configuration.host, configuration.port, configuration.internalPort) = ("127.0.0.1", 0, nil)
        (configuration.loops, configuration.debounce, configuration.drainTimeout) = (2, .milliseconds(1), .zero)
        change(&configuration)
        try await run(configuration, hooks: hooks, body)
    }

    /// Opens a socket and takes its `connected`.
    package func open(_ query: String = "", headers: [String] = [], receiveBuffer: Int32? = nil) async throws -> (
        client: WebSocketClient, hello: Message
    ) {
        let client = try await WebSocketClient(
            port: port, path: "/__skew/ws" + query, headers: headers, receiveBuffer: receiveBuffer)
        return (client, try await client.message())
    }

    /// Opens a socket that watches, and takes its first `stats`.
    package func watch(_ mode: String = "snapshot", _ query: String = "") async throws -> (
        client: WebSocketClient, id: String, stats: Message
    ) {
        let (client, hello) = try await open(query)
        try await client.send(#"{"type":"subscribe-stats","mode":"\#(mode)","token":"\#(Self.token)"}"#)
        return (client, hello.connectionID ?? "", try await client.message())
    }

    /// Waits for a line of the log that has all of these in it.
    package func line(with parts: String...) async throws -> String {
        var found: String?
        _ = try await Patience.sees {
            found = lines.all.last { line in parts.allSatisfy { line.contains($0) } }
            return found != nil
        }
        guard let found else { throw SocketFault.malformed("no line with \(parts) in \(lines.all)") }
        return found
    }
}

extension Configuration {
    /// Settings for a quick server on loopback, changed as wanted.
    package static func testing(_ change: (inout Configuration) -> Void) -> Configuration {
        var configuration = Configuration()
        (configuration.host, configuration.port, configuration.internalPort) = ("127.0.0.1", 0, nil)
        (configuration.loops, configuration.routeTracking, configuration.statsToken) = (1, true, Secret(RunningServer.token))
        (configuration.debounce, configuration.maxWait) = (.milliseconds(20), .milliseconds(200))
        (configuration.maxMessagesPerSecond, configuration.drainTimeout) = (10_000, .seconds(1))
        change(&configuration)
        return configuration
    }
}

extension WebSocketClient {
    /// The next message.
    package func message() throws -> Message { try Message(text()) }

    /// The first message for which `isWanted` holds; everything before it is skipped.
    package func message(where isWanted: @Sendable (Message) -> Bool) throws -> Message {
        while true {
            let message = try message()
            if isWanted(message) { return message }
        }
    }
}
