import TestServer
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

    @Test func `a server that cannot start has had its run`() async {
        let server = server { $0.loops = 0 }
        await #expect(throws: ServeError.self) { try await server.run() }
        await #expect(throws: ServeError.alreadyRun) { try await server.run() }
    }
}
