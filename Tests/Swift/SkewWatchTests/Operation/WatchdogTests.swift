import Dispatch
import Glibc
import Logging
import TestServer
import TestSockets
import Testing

@testable import SkewWatch

/// A loop that hangs, by a hook that does not return. The watchdog looks oftener here than every second.
@Suite(.timeLimit(.minutes(1))) struct WatchdogTests {
    /// A server whose loop hangs while `isHanging` says so, once a WebSocket has opened.
    private static func run(
        lookInterval: Duration = .milliseconds(20), hang: @escaping @Sendable () -> Void,
        _ body: (_ server: SkewWatchServer, _ port: Int, _ internalPort: Int) async throws -> Void
    ) async throws {
        var configuration = Configuration()
        (configuration.host, configuration.port, configuration.internalPort) = ("127.0.0.1", 0, 0)
        (configuration.loops, configuration.drainTimeout) = (1, .milliseconds(100))
        let (ports, sink) = AsyncStream<Int>.makeStream()
        var hooks = ServerHooks()
        hooks.listening = { sink.yield($0) }
        hooks.connectionOpened = { _ in hang() }
        let lines = LogLines()
        let server = SkewWatchServer(configuration: configuration, hooks: hooks, lookInterval: lookInterval, logger: lines.logger)
        let running = Task { try await server.run() }
        let port = try #require(await ports.first { _ in true })
        let line = try #require(lines.all.first { $0.contains("Probes and metrics.") })
        let digits = try #require(line.split(separator: "127.0.0.1:").last).prefix { $0.isNumber }
        try await body(server, port, try #require(Int(digits)))
        server.shutdown()
        try await running.value
    }

    private static func status(_ path: String, _ port: Int) async throws -> Int? {
        try await HTTPAnswer.to("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n", port: port)?.status
    }

    @Test func `a loop that hangs makes live and ready say so, and they recover with it`() async {
        // A process of its own: the watchdog would end it.
        await #expect(processExitsWith: .success) {
            let gate = DispatchSemaphore(value: 0)
            let hang: @Sendable () -> Void = { gate.wait() }
            try await WatchdogTests.run(lookInterval: .milliseconds(100), hang: hang) { _, port, internalPort in
                #expect(try await WatchdogTests.status("/live", internalPort) == 200)
                let client = try RawSocket(port: port)
                try client.write(WebSocketClient.handshake(path: "/__skew/ws"))
                while try await WatchdogTests.status("/live", internalPort) != 503 {}
                #expect(try await WatchdogTests.status("/ready", internalPort) == 503)
                gate.signal()
                while try await WatchdogTests.status("/live", internalPort) != 200 {}
                #expect(try await WatchdogTests.status("/ready", internalPort) == 200)
            }
        }
    }

    @Test func `a loop that hangs for good ends the process`() async {
        await #expect(processExitsWith: .signal(SIGABRT)) {
            let hang: @Sendable () -> Void = { while true { pause() } }
            try await WatchdogTests.run(hang: hang) { _, port, _ in
                let client = try RawSocket(port: port)
                try client.write(WebSocketClient.handshake(path: "/__skew/ws"))
                // Until the process is ended.
                while true { try await Task.sleep(for: .seconds(60)) }
            }
        }
    }

    @Test func `a server that is asked to end does so within the drain's time, though a loop hangs`() async {
        await #expect(processExitsWith: .signal(SIGABRT)) {
            let (hangs, hang) = AsyncStream<Void>.makeStream()
            let hangForGood: @Sendable () -> Void = {
                hang.yield()
                while true { pause() }
            }
            // So seldom that thirty looks would take longer than the test may.
            try await WatchdogTests.run(lookInterval: .seconds(1), hang: hangForGood) { _, port, _ in
                let client = try RawSocket(port: port)
                try client.write(WebSocketClient.handshake(path: "/__skew/ws"))
                for await _ in hangs { break }
            }
        }
    }
}
