import SkewWatch
import TestServer
import TestSockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct LimitTests {
    private static let proxied = Configuration.testing {
        ($0.maxConnectionsPerIP, $0.trustedProxies, $0.internalPort) = (2, [AddressRange("127.0.0.0/8")!], 0)
    }

    @Test func `an address has so many connections and no more, by what a trusted proxy says`() async throws {
        try await RunningServer.run(Self.proxied) { server in
            let one = ["X-Forwarded-For: 203.0.113.1"]
            let (first, _) = try await server.open("", headers: one)
            let second = try await EventStream(port: server.port, headers: one)
            // The client's own words stand left of what the proxy has seen, and it may write a line of its own.
            for said in [
                one, ["X-Forwarded-For: 198.51.100.9, 203.0.113.1"], ["X-Forwarded-For: 198.51.100.9", "X-Forwarded-For: 203.0.113.1"],
            ] {
                for path in ["/__skew/ws", "/__skew/sse"] {
                    let request =
                        path.hasSuffix("ws") ? String(decoding: WebSocketClient.handshake(path: path, headers: said), as: UTF8.self) : nil
                    let answer =
                        try await request == nil
                        ? server.request("GET", path, headers: said) : HTTPAnswer.to(request!, port: server.port)
                    #expect(answer?.status == 429 && answer?["Retry-After"] == "5" && answer?.isError == true, "\(path) \(said)")
                }
            }
            #expect(try await server.metric(#"connections_rejected_total{reason="address_limit"}"#) == 6)
            _ = try await server.open("", headers: ["X-Forwarded-For: 203.0.113.2"])
            try await second.leave(.closes)
            try await server.awaitMetric(#"connections{transport="sse"}"#, 0)
            _ = try await server.open("", headers: one)
            try await first.send("ping")
            #expect(try await first.text() == #"{"type":"pong"}"#)
        }
    }

    @Test func `without a trusted proxy the header counts for nothing`() async throws {
        try await RunningServer.run(.testing { ($0.maxConnectionsPerIP, $0.ipTracking) = (2, true) }) { server in
            let (watcher, id, stats) = try await server.watch("snapshot", "")
            #expect(stats.rows[id]?.ip == "127.0.0.1")
            let (tab, hello) = try await server.open("", headers: ["X-Forwarded-For: 203.0.113.1", "X-Real-IP: 203.0.113.2"])
            let both = try await watcher.message { $0.total == 2 }
            #expect(both.rows[hello.connectionID ?? ""]?.ip == "127.0.0.1")
            await #expect(throws: RefusedHandshake.self) { try await server.open("", headers: ["X-Forwarded-For: 203.0.113.3"]) }
            await tab.hangUp()
        }
    }

    @Test(
        arguments: [
            (["CF-Connecting-IP: 203.0.113.5", "X-Forwarded-For: 203.0.113.6"], "203.0.113.5"),
            (["X-Forwarded-For: 198.51.100.1, [2001:db8::7]:443, 127.0.0.9"], "2001:db8::7"),
            (["X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.6"], "203.0.113.6"),
            (["X-Forwarded-For: unknown", "X-Real-IP: 203.0.113.8"], "203.0.113.8"), ([], "127.0.0.1"),
        ] as [([String], String)])
    func `rows show the address that the proxy tells`(headers: [String], address: String) async throws {
        try await RunningServer.run(.testing { ($0.trustedProxies, $0.ipTracking) = ([AddressRange("127.0.0.0/8")!], true) }) { server in
            let (tab, hello) = try await server.open("", headers: headers)
            let (_, _, stats) = try await server.watch()
            #expect(stats.rows[hello.connectionID ?? ""]?.ip == address)
            await tab.hangUp()
        }
    }

    @Test func `more messages than allowed close with 1008, and only the sender`() async throws {
        try await RunningServer.run(.testing { ($0.maxMessagesPerSecond, $0.internalPort) = (5, 0) }) { server in
            let (bystander, _) = try await server.open()
            let (flooder, _) = try await server.open()
            // The burst is twice the rate.
            for _ in 0..<10 {
                try await flooder.send("ping")
                #expect(try await flooder.text() == #"{"type":"pong"}"#)
            }
            for _ in 0..<20 { try? await flooder.send("ping") }
            #expect(try await flooder.closeCode() == 1008)
            #expect(try await server.metric(#"connections_closed_total{transport="websocket",reason="rate_limited"}"#) == 1)
            try await bystander.send("ping")
            #expect(try await bystander.text() == #"{"type":"pong"}"#)
        }
    }

    @Test func `POSTs for a stream over the rate change nothing`() async throws {
        try await RunningServer.run(.testing { ($0.maxMessagesPerSecond, $0.internalPort) = (1, 0) }) { server in
            let stream = try await EventStream(port: server.port)
            let handle = try await stream.handle
            let start = ContinuousClock.now
            // Two at once, and one more each second.
            var (sent, most) = (0, 2)
            while sent < most + 4 {
                _ = try await server.post("/route", #"{"connectionId":"\#(handle)","route":"/\#(sent)"}"#)
                sent += 1
                most = 2 + Int((ContinuousClock.now - start) / .seconds(1)) + 1
            }
            let moves = try await server.metric(#"messages_total{type="route-update"}"#) ?? 0
            #expect((2...most).contains(moves), "\(moves)")
        }
    }

    @Test func `connections over the limit get 503, probes do not, and readiness says so before`() async throws {
        try await RunningServer.run(.testing { ($0.maxConnections, $0.internalPort) = (20, 0) }) { server in
            var clients: [WebSocketClient] = []
            for _ in 0..<18 { clients.append(try await server.open().client) }
            #expect(try await server.probe("/ready")?.status == 200)
            for _ in 0..<2 { clients.append(try await server.open().client) }
            let answer = try await server.request("GET", "/__skew/health")
            #expect(answer?.status == 503 && answer?["Retry-After"] == "5")
            let ready = try await server.probe("/ready")
            #expect(ready?.status == 503 && ready?.isError == true)
            #expect(try await server.probe("/live")?.status == 200)
            #expect(try await server.metric(#"connections_rejected_total{reason="connection_limit"}"#) == 1)
            for client in clients { await client.hangUp() }
            try await server.awaitMetric("sockets", 0)
            #expect(try await server.probe("/ready")?.status == 200)
            #expect(try await server.request("GET", "/__skew/health")?.status == 200)
        }
    }

    @Test func `crawlers are served and not counted, unless they are to be`() async throws {
        let crawler = ["User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)"]
        for isExcluded in [true, false] {
            try await RunningServer.run(.testing { ($0.excludeBots, $0.internalPort, $0.release) = (isExcluded, 0, "r1") }) { server in
                let (client, hello) = try await server.open("?v=bot", headers: crawler)
                #expect(hello.type == "connected" && hello.version == "r1")
                let stream = try await EventStream(port: server.port, "?v=bot", headers: crawler)
                #expect(await stream.hello.contains("connected"))
                let (watcher, _, stats) = try await server.watch("snapshot", "?v=tab")
                #expect(stats.total == (isExcluded ? 1 : 3) && stats.versions["bot"] == (isExcluded ? nil : 2))
                for transport in ["websocket", "sse"] {
                    #expect(try await server.metric(#"crawlers_opened_total{transport="\#(transport)"}"#) == (isExcluded ? 1 : 0))
                }
                #expect(try await server.metric(#"connections{transport="websocket"}"#) == (isExcluded ? 1 : 2))
                try await client.send(#"{"type":"route-update","route":"/moved"}"#)
                try await client.send("ping")
                #expect(try await client.text() == #"{"type":"pong"}"#)
                await watcher.hangUp()
                try await stream.leave(.closes)
            }
        }
    }

    @Test(arguments: [1, 2]) func `versions over the limit are one in statistics and metrics, over all loops`(loops: Int) async throws {
        try await RunningServer.run(.testing { ($0.loops, $0.maxVersions, $0.maxRoutes, $0.internalPort) = (loops, 3, 3, 0) }) { server in
            var clients: [WebSocketClient] = []
            for index in 0..<24 { clients.append(try await server.open("?v=v\(index)&route=/\(index)").client) }
            let (watcher, _, stats) = try await server.watch("summary")
            #expect(stats.total == 25 && stats.versions.count <= 4 && stats.routes.count <= 4)
            for counts in [stats.versions, stats.routes] {
                #expect(counts["(other)"] != nil && counts.values.reduce(0) { $0 + ($1 ?? 0) } == 25)
            }
            let shown = try await server.probe("/metrics")?.body.split(separator: "\n").filter { $0.contains("version_connections{") } ?? []
            #expect(shown.count <= 4 && shown.contains { $0.contains(#"version="(other)""#) })
            for client in clients + [watcher] { await client.hangUp() }
        }
    }
}
