import HTTPCall
import SkewProtocol
import Synchronization
import TestServer
import TestSockets
import Testing
import WebSocketLoop

@testable import SkewWatch

/// What streams do by the clock, with a tracker alone: a whole server has no settings for these times.
@Suite(.timeLimit(.minutes(1))) struct StreamTimingTests {
    private func run(
        _ change: (inout LoopOptions) -> Void, _ body: (ConnectionTracker, _ port: Int) async throws -> Void
    ) async throws {
        var options = LoopOptions()
        change(&options)
        let configuration = Configuration()
        let audit = AuditLog(logger: LogLines().logger)
        let authorizers = Authorizers(configuration, hooks: ServerHooks(), caller: HTTPCaller(), audit: audit, calls: AppCalls())
        let settings = TrackerSettings(
            basePath: "", webSocketPath: Array("/ws".utf8), connectionTracking: true, routeTracking: false, ipTracking: false,
            excludeBots: true, cookieName: "c", routes: RouteNames(),
            trustedProxies: [], live: LiveSettings(configuration, hooks: ServerHooks()),
            limits: StatisticsLimits(versions: 10, routes: 10, listedConnections: 10, tracksRoutes: false), loop: options,
            hooks: ServerHooks())
        let tracker = ConnectionTracker(
            index: 0, on: try LoopThread(), settings: settings,
            shared: SharedState(release: nil, addresses: AddressBudget(.init())), desk: AuthorizationDesk(authorizers, audit: audit),
            logger: LogLines().logger)
        let sockets = try ListeningSockets.open(host: "127.0.0.1", port: 0, count: 1)
        try await tracker.start(on: [sockets], budget: ConnectionBudget(limit: 10))
        do {
            try await body(tracker, sockets.port)
        } catch {
            await tracker.stop()
            throw error
        }
        await tracker.stop()
    }

    private func stream(_ port: Int, receiveBuffer: Int32? = nil) throws -> RawSocket {
        let socket = try RawSocket(port: port, receiveBuffer: receiveBuffer)
        try socket.write(Array("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        return socket
    }

    @Test(arguments: [(.seconds(25), .seconds(15)), (.seconds(60), .seconds(15)), (.seconds(5), .seconds(5))] as [(Duration, Duration)])
    func `streams are kept alive as often as WebSockets are pinged, and every 15 s at least`(ping: Duration, keepalive: Duration) {
        var configuration = Configuration()
        configuration.pingInterval = ping
        #expect(LoopOptions(configuration, loops: 1).keepaliveInterval == keepalive)
    }

    @Test func `a stream that hears nothing else is kept alive`() async throws {
        try await run {
            $0.keepaliveInterval = .milliseconds(200)
        } _: { _, port in
            let socket = try stream(port)
            var text = ""
            let keepalive = #"data: {"type":"keepalive","timestamp":"#
            while text.ranges(of: keepalive).count < 3 {
                let more = try await socket.receive()
                #expect(!more.isEmpty)
                text += String(decoding: more, as: UTF8.self)
            }
            #expect(text.contains(#""type":"connected""#))
        }
    }

    @Test func `a stream that is gone is in no directory, and counted nowhere`() async throws {
        try await run { _ in
        } _: { tracker, port in
            let streams = try (0..<3).map { _ in try stream(port) }
            for stream in streams { _ = try await stream.receive() }
            let shared = await tracker.shared
            #expect(try await Patience.sees { shared.streams.count == 3 && shared.openConnections.load(ordering: .relaxed) == 3 })
            streams[0].close()
            streams[1].reset()
            #expect(try await Patience.sees { shared.streams.count == 1 && shared.openConnections.load(ordering: .relaxed) == 1 })
            streams[2].close()
        }
    }

    @Test func `a stream that is not read is closed as a slow consumer, and nobody else is`() async throws {
        try await run {
            $0.blockedTimeout = .seconds(1)
            $0.keepaliveInterval = .milliseconds(200)
        } _: { tracker, port in
            let slow = try stream(port, receiveBuffer: 4096)
            _ = try await slow.receive()
            let fast = try stream(port)
            _ = try await fast.receive()
            // More than the kernel takes for one that does not read.
            await tracker.push(8 << 20, to: 0)
            for _ in 0..<500 where await tracker.counters.closed.isEmpty {
                _ = try await fast.receive()
            }
            #expect(await tracker.counters.closed.counts.map(\.key.reason) == [.disconnected(.slowConsumer)])
            #expect(await tracker.counters.open(.tab)[.eventStream] == 1)
            #expect(try await !fast.receive().isEmpty)
            slow.close()
        }
    }
}

extension ConnectionTracker {
    fileprivate func push(_ bytes: Int, to place: Int) {
        loop?.sendSocket(at: place, Payload([UInt8](repeating: 0x78, count: bytes)))
    }
}
