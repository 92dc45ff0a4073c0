import TestServer
import TestSockets
import Testing

@testable import SkewWatch

/// A server starts, serves and ends, once.
@Suite(.timeLimit(.minutes(1))) struct ServerLifeTests {
    private func server(_ change: (inout Configuration) -> Void = { _ in }, hooks: ServerHooks = ServerHooks()) -> SkewWatchServer {
        var configuration = Configuration()
        (configuration.host, configuration.port, configuration.internalPort) = ("127.0.0.1", 0, nil)
        (configuration.loops, configuration.drainTimeout) = (1, .zero)
        change(&configuration)
        return SkewWatchServer(configuration: configuration, hooks: hooks, logger: LogLines().logger)
    }

    @Test func `a server runs once`() async throws {
        let server = server()
        server.shutdown()
        try await server.run()
        await #expect(throws: ServeError.alreadyRun) { try await server.run() }
    }

    @Test func `a second run beside the first is an error, and the first goes on`() async throws {
        let (ports, sink) = AsyncStream<Int>.makeStream()
        var hooks = ServerHooks()
        hooks.listening = { sink.yield($0) }
        let server = server(hooks: hooks)
        let running = Task { try await server.run() }
        var iterator = ports.makeAsyncIterator()
        let port = await iterator.next(isolation: #isolation)
        #expect(server.running?.address.port == port)
        await #expect(throws: ServeError.alreadyRun) { try await server.run() }
        #expect(server.running != nil)
        server.shutdown()
        try await running.value
        #expect(server.running == nil)
    }

    @Test func `a program asks a server that runs, and gets nothing from one that does not`() async throws {
        let (ports, sink) = AsyncStream<Int>.makeStream()
        var hooks = ServerHooks()
        hooks.listening = { sink.yield($0) }
        let server = server({ ($0.release, $0.basePath) = ("build-1", "/skew") }, hooks: hooks)
        #expect(await server.statistics() == nil)
        #expect(server.address == nil && !server.announce("build-2"))
        let running = Task { try await server.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next(isolation: #isolation))
        #expect(server.address == ServerAddress(host: "127.0.0.1", port: port, isTLS: false, path: "/skew"))
        #expect(server.address?.url == "http://127.0.0.1:\(port)/skew")
        let tab = try await WebSocketClient(port: port, path: "/skew/ws?v=build-1")
        _ = try await tab.text()
        #expect(await server.statistics() == ServerStatistics(total: 1, versions: ["build-1": 1], release: "build-1"))
        #expect(!server.announce("\n") && server.announce("build-2\n"))
        #expect(try await tab.text() == #"{"type":"version","version":"build-2"}"#)
        #expect(await server.statistics()?.release == "build-2")
        await tab.hangUp()
        server.shutdown()
        try await running.value
        #expect(await server.statistics() == nil)
        #expect(!server.announce("build-3"))
    }

    @Test func `an address of version 6 stands in brackets`() {
        #expect(ServerAddress(host: "::1", port: 1, isTLS: true, path: "").url == "https://[::1]:1")
    }

    @Test func `a cancelled run drains as one that is shut down, and settings that cannot be used change nothing`() async throws {
        let (ports, sink) = AsyncStream<Int>.makeStream()
        var hooks = ServerHooks()
        hooks.listening = { sink.yield($0) }
        let server = server({ $0.drainTimeout = .seconds(5) }, hooks: hooks)
        let running = Task { try await server.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next(isolation: #isolation))
        await #expect(throws: ConfigurationError.self) {
            var wrong = Configuration()
            wrong.maxConnections = -1
            try await server.reload(wrong)
        }
        let tab = try await WebSocketClient(port: port, path: "/__skew/ws")
        _ = try await tab.text()
        running.cancel()
        #expect(try await tab.closeCode() == 1012)
        try await tab.sendClose(1012)
        try await running.value
    }

    @Test func `a server that cannot start has had its run`() async {
        let server = server { $0.loops = 0 }
        await #expect(throws: ServeError.self) { try await server.run() }
        await #expect(throws: ServeError.alreadyRun) { try await server.run() }
    }
}
