import SkewWatch
import TestServer
import TestSockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct OperationTests {
    @Test func `the internal port has probes and metrics, and the public one has none`() async throws {
        try await RunningServer.run(.testing { ($0.internalPort, $0.release) = (0, "r\"1") }) { server in
            for path in ["/live", "/ready"] {
                let answer = try await server.probe(path)
                #expect(answer?.status == 200 && answer?.body == #"{"ok":true}"#)
                #expect(try await server.request("GET", path)?.status == 404)
            }
            let metrics = try await server.probe("/metrics")
            #expect(metrics?.status == 200 && metrics?["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            #expect(metrics?.body.contains(##"skewwatch_release_info{version="r\"1"} 1"##) == true)
            for path in ["/other", "/__skew/health"] { #expect(try await server.probe(path)?.status == 404) }
            let answer = try await server.request("POST", "/metrics", body: "", port: server.internalPort)
            #expect(answer?.status == 405 && answer?["Allow"] == "GET, HEAD, OPTIONS")
            #expect(try await server.request("OPTIONS", "/ready", port: server.internalPort)?.status == 204)
        }
    }

    @Test func `every close is counted by its reason`() async throws {
        try await RunningServer.run(
            .testing {
                ($0.internalPort, $0.maxMessageBytes, $0.pingInterval, $0.pongTimeout) = (0, 256, .seconds(1), .milliseconds(300))
            }
        ) { server in
            let (polite, _) = try await server.open()
            try await polite.sendClose(1000)
            let (gone, _) = try await server.open()
            await gone.reset()
            let (wordy, _) = try await server.open()
            try await wordy.send(String(repeating: "x", count: 300))
            let (garbled, _) = try await server.open()
            try await garbled.sendFrame(0x1, [0xFF, 0xFE])
            let (broken, _) = try await server.open()
            try await broken.sendFrame(0x8, [0x03])
            // It never answers a ping.
            let (silent, _) = try await server.open()
            for reason in ["closed_by_peer", "connection_lost", "message_too_big", "invalid_payload", "protocol_error", "pong_timeout"] {
                try await server.awaitMetric(#"connections_closed_total{transport="websocket",reason="\#(reason)"}"#, 1)
            }
            #expect(try await server.metric(#"connections_opened_total{transport="websocket"}"#) == 6)
            #expect(try await server.metric(#"connections{transport="websocket"}"#) == 0)
            await silent.hangUp()
        }
    }

    @Test func `messages, verdicts and refusals are counted`() async throws {
        try await RunningServer.run(.testing { $0.internalPort = 0 }) { server in
            let (client, _, _) = try await server.watch("delta")
            try await client.send(#"{"type":"subscribe-stats","token":"wrong"}"#)
            _ = try await client.message { $0.type == "stats-unauthorized" }
            for text in ["nonsense", "null", #"{"type":"route-update","route":"/secret-route"}"#, "ping"] { try await client.send(text) }
            _ = try await client.message { $0.type == "pong" }
            _ = try await server.request("GET", "/nothing")
            _ = try await server.request("DELETE", "/__skew/health")
            _ = try await server.request("GET", "/__skew/sse", headers: ["Origin: https://evil.example"])
            for (name, value) in [
                (#"messages_total{type="subscribe-stats"}"#, 2), (#"messages_total{type="ping"}"#, 1),
                (#"messages_total{type="route-update"}"#, 1), (#"authorizations_total{result="granted"}"#, 1),
                (#"authorizations_total{result="denied"}"#, 1), (#"connections_rejected_total{reason="not_found"}"#, 1),
                (#"connections_rejected_total{reason="method"}"#, 1), (#"connections_rejected_total{reason="origin"}"#, 1),
                (#"subscribers{mode="delta"}"#, 0),
            ] {
                #expect(try await server.metric(name) == value, "\(name)")
            }
            #expect(try await server.probe("/metrics")?.body.contains("secret-route") == false)
        }
    }

    @Test func `a drain is spread, tells everybody when to come back, and probes say so meanwhile`() async throws {
        // A machine that stands still meanwhile sees several of them at once: then once more.
        let isSpread = try await Patience.sees(inOneOf: 4) { _ in
            let times = try await timesOfDrain()
            // 80 connections at 10 ms each: 800 ms; neither all at once, nor in two lumps.
            return times.count == 80 && times[79] - times[0] > .milliseconds(500) && times[40] - times[0] > .milliseconds(200)
                && times[79] - times[40] > .milliseconds(200)
        }
        #expect(isSpread)
    }

    /// When each of eighty connections of a server that drains is told to go.
    private func timesOfDrain() async throws -> [Duration] {
        var times: [Duration] = []
        try await RunningServer.run(.testing { ($0.internalPort, $0.loops, $0.drainTimeout) = (0, 2, .seconds(5)) }) { server in
            var sockets: [WebSocketClient] = []
            var streams: [EventStream] = []
            for _ in 0..<40 {
                sockets.append(try await server.open().client)
                streams.append(try await EventStream(port: server.port))
            }
            #expect(try await server.probe("/ready")?.status == 200)
            let start = ContinuousClock.now
            server.shutdown()
            times = try await withThrowingTaskGroup(of: Duration?.self) { group in
                for socket in sockets {
                    group.addTask {
                        #expect(try await socket.closeCode() == 1012)
                        let time = ContinuousClock.now - start
                        try await socket.sendClose(1012)
                        return time
                    }
                }
                for stream in streams {
                    group.addTask {
                        let rest = try await stream.rest()
                        #expect(rest.wholeMatch(of: /retry: [1-5][0-9]{3}\n\n/) != nil, "\(rest)")
                        return ContinuousClock.now - start
                    }
                }
                group.addTask {
                    var ready = try await server.probe("/ready")
                    while ready?.status == 200 { ready = try await server.probe("/ready") }
                    #expect(ready?.status == 503 && ready?.isError == true)
                    #expect(try await server.probe("/live")?.status == 200)
                    return nil
                }
                return try await group.reduce(into: [Duration]()) { times, time in if let time { times.append(time) } }
            }.sorted()
        }
        return times
    }

    @Test func `one that does not read delays nobody, and has the newest state when it reads again`() async throws {
        try await RunningServer.run(.testing { $0.internalPort = 0 }) { server in
            // Many long rows, so that the kernel's buffers are full soon.
            var tabs: [WebSocketClient] = []
            let route = "/" + String(repeating: "r", count: 250)
            for index in 0..<300 { tabs.append(try await server.open("?route=\(route)\(index)").client) }
            let (slow, hello) = try await server.open("?v=slow", receiveBuffer: 4096)
            try await slow.send(#"{"type":"subscribe-stats","token":"\#(RunningServer.token)"}"#)
            let (watcher, _, _) = try await server.watch("summary")
            var rounds = 0
            while try await server.metric("pushes_coalesced_total") == 0, rounds < 400 {
                rounds += 1
                let marker = "/round\(rounds)"
                try await tabs[0].send(#"{"type":"route-update","route":"\#(marker)"}"#)
                _ = try await watcher.message { $0.routes[marker] != nil }
            }
            #expect(rounds < 400, "it was never blocked")
            for index in 1...10 {
                try await tabs[0].send(#"{"type":"route-update","route":"/late\#(index)"}"#)
                _ = try await watcher.message { $0.routes["/late\(index)"] != nil }
            }
            let newest = try await slow.message { $0.routes["/late10"] != nil }
            #expect(newest.type == "stats" && newest.total == 302 && newest.rows.count == 302)
            #expect(newest.yourID == hello.connectionID && newest.rows.values.contains { $0.route == "/late10" })
            #expect(try await server.metric(#"connections_closed_total{transport="websocket",reason="slow_consumer"}"#) == 0)
        }
    }
}
