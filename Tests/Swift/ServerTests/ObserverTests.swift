import SkewWatch
import TestServer
import TestSockets
import Testing

/// Who is served but not counted, and is told so.
@Suite(.timeLimit(.minutes(1))) struct ObserverTests {
    private static let chromium = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/130.0.0.0 Safari/537.36"

    /// The first message of a socket.
    private func hello(_ server: RunningServer, _ query: String = "", headers: [String] = []) async throws -> (WebSocketClient, String) {
        let client = try await WebSocketClient(port: server.port, path: "/__skew/ws" + query, headers: headers)
        return (client, try await client.text())
    }

    @Test func `an observer watches and hears of releases without being counted`() async throws {
        let settings = Configuration.testing { ($0.adminToken, $0.internalPort) = (Secret(RunningServer.adminToken), 0) }
        try await RunningServer.run(settings) { server in
            let (observer, hello) = try await hello(server, "?observer=1&v=seen&route=/seen")
            #expect(hello.hasSuffix(#","counted":false,"reason":"observer"}"#))
            let stream = try await EventStream(port: server.port, "?observer=1")
            #expect(await stream.hello.hasSuffix(#","counted":false,"reason":"observer"}"#))
            try await observer.send(#"{"type":"subscribe-stats","token":"\#(RunningServer.token)"}"#)
            let first = try await observer.message()
            #expect(first.total == 0)
            #expect(first.rows.isEmpty)
            let (tab, _) = try await server.open("?v=a")
            let one = try await observer.message { $0.total == 1 }
            #expect(one.versions == ["a": 1])
            #expect(try await server.administer("/admin/release", #"{"version":"b"}"#)?.status == 202)
            #expect(try await observer.message { $0.type == "version" }.version == "b")
            #expect(try await stream.message { $0.type == "version" }.version == "b")
            #expect(try await server.metric(#"connections{transport="websocket"}"#) == 1)
            #expect(try await server.metric(#"connections{transport="sse"}"#) == 0)
            try await tab.sendClose(1000)
            _ = try await observer.message { $0.total == 0 }
        }
    }

    @Test(arguments: ["", "?observer=0", "?observer=", "?observer=true", "?observers=1"])
    func `whoever does not say exactly that is counted`(query: String) async throws {
        try await RunningServer.run { server in
            let (tab, hello) = try await hello(server, query)
            #expect(!hello.contains("counted"))
            let (_, _, stats) = try await server.watch("summary", "?observer=1")
            #expect(stats.total == 1)
            await tab.hangUp()
        }
    }

    @Test func `an observer counts against the limit of its address`() async throws {
        try await RunningServer.run(.testing { $0.maxConnectionsPerIP = 1 }) { server in
            let (observer, _) = try await hello(server, "?observer=1")
            await #expect(throws: RefusedHandshake.self) { try await server.open() }
            await observer.hangUp()
        }
    }

    @Test func `a crawler is told that it is not counted, and a browser under test is a tab`() async throws {
        try await RunningServer.run { server in
            let (_, crawler) = try await hello(server, headers: ["User-Agent: Googlebot/2.1"])
            #expect(crawler.hasSuffix(#","counted":false,"reason":"crawler"}"#))
            let (tab, tested) = try await hello(server, headers: [Self.chromium])
            #expect(!tested.contains("counted"))
            let (_, both) = try await hello(server, "?observer=1", headers: ["User-Agent: Googlebot/2.1"])
            #expect(both.hasSuffix(#","reason":"observer"}"#))
            let (_, _, stats) = try await server.watch("summary", "?observer=1")
            #expect(stats.total == 1)
            await tab.hangUp()
        }
    }

    @Test func `without tracking nobody is counted, and everybody is told`() async throws {
        try await RunningServer.run(.testing { ($0.connectionTracking, $0.routeTracking) = (false, false) }) { server in
            let (_, hello) = try await hello(server)
            #expect(hello.hasSuffix(#","counted":false,"reason":"tracking-off"}"#))
        }
    }
}
