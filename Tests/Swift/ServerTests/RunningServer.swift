import Logging
import SkewWatch
import TestSockets

/// A whole server in this process on a free port.
struct RunningServer: Sendable {
    static let token = "sesame"
    let port: Int
    /// Of the probes and metrics; nil where they are off.
    let internalPort: Int?
    private let server: SkewWatchServer

    /// Asks it to end while a test goes on.
    func shutdown() { server.shutdown() }

    /// Runs a server for the length of `body`, and ends it whatever happens.
    static func run(
        _ configuration: Configuration = .testing { _ in }, hooks: ServerHooks = ServerHooks(),
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        try configuration.validate()
        let (ports, sink) = AsyncStream<Int>.makeStream()
        var hooks = hooks
        hooks.listening = { sink.yield($0) }
        let probes = ProbeAddress()
        let logger = Logger(label: "ServerTests") { _ in probes }
        let server = SkewWatchServer(configuration: configuration, hooks: hooks, logger: logger)
        let running = Task {
            defer { sink.finish() }
            try await server.run()
        }
        var failure: (any Error)?
        if let port = await ports.first(where: { _ in true }) {
            do {
                try await body(RunningServer(port: port, internalPort: probes.port, server: server))
            } catch { failure = error }
        }
        server.shutdown()
        try await running.value
        if let failure { throw failure }
    }

    /// Opens a socket and takes its `connected`.
    func open(_ query: String = "", headers: [String] = [], receiveBuffer: Int32? = nil) async throws -> (
        client: WebSocketClient, hello: Message
    ) {
        let client = try await WebSocketClient(
            port: port, path: "/__skew/ws" + query, headers: headers, receiveBuffer: receiveBuffer)
        return (client, try await client.message())
    }

    /// Opens a socket that watches, and takes its first `stats`.
    func watch(_ mode: String = "snapshot", _ query: String = "") async throws -> (client: WebSocketClient, id: String, stats: Message) {
        let (client, hello) = try await open(query)
        try await client.send(#"{"type":"subscribe-stats","mode":"\#(mode)","token":"\#(Self.token)"}"#)
        return (client, hello.connectionID ?? "", try await client.message())
    }
}

extension Configuration {
    /// Settings for a quick server on loopback, changed as wanted.
    static func testing(_ change: (inout Configuration) -> Void) -> Configuration {
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
    func message() throws -> Message { try Message(text()) }

    /// The first message for which `isWanted` holds; everything before it is skipped.
    func message(where isWanted: @Sendable (Message) -> Bool) throws -> Message {
        while true {
            let message = try message()
            if isWanted(message) { return message }
        }
    }
}
