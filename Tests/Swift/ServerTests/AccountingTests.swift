import SkewWatch
import TestRandom
import TestServer
import TestSockets
import Testing

/// What was opened is open or closed, for every audience and transport, by the metrics themselves.
@Suite(.timeLimit(.minutes(1))) struct AccountingTests {
    private static let crawler = "User-Agent: Googlebot/2.1"
    private static let audiences = ["connections", "observers", "crawlers"]

    /// All samples, by their name with labels, without the prefix of our own.
    private func samples(_ server: RunningServer) async throws -> [String: Double] {
        let text = try #require(try await server.probe("/metrics")?.body)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.reduce(into: [:]) { samples, line in
            guard let blank = line.lastIndex(of: " ") else { return }
            let name = line[..<blank].hasPrefix("skewwatch_") ? line[..<blank].dropFirst(10) : line[..<blank]
            samples[String(name)] = Double(line[blank...].dropFirst())
        }
    }

    /// Opened − closed − open of one audience and transport: 0 where nothing is lost.
    private func remainder(_ samples: [String: Double], _ audience: String, _ transport: String) throws -> Double {
        let closed = samples.filter { $0.key.hasPrefix("\(audience)_closed_total{transport=\"\(transport)\",") }.values.reduce(0, +)
        let opened = try #require(samples["\(audience)_opened_total{transport=\"\(transport)\"}"])
        return opened - closed - (try #require(samples["\(audience){transport=\"\(transport)\"}"]))
    }

    private func wait(_ server: RunningServer, until isSo: ([String: Double]) -> Bool) async throws -> [String: Double] {
        var last: [String: Double] = [:]
        let wasSo = try await Patience.sees {
            last = try await samples(server)
            return isSo(last)
        }
        guard wasSo else { throw SocketFault.malformed("it never was so: \(last.filter { $0.value != 0 })") }
        return last
    }

    @Test(arguments: Seeds.some(2))
    func `opened less closed is open, for each transport, with observers and crawlers apart`(seed: UInt64) async throws {
        try await RunningServer.run(.testing { ($0.internalPort, $0.loops) = (0, 2) }) { server in
            var generator = SeededGenerator(seed: seed)
            var sockets: [(String, WebSocketClient)] = []
            var streams: [(String, EventStream)] = []
            for _ in 0..<60 {
                let audience = Self.audiences.randomElement(using: &generator)!
                let query = audience == "observers" ? "?observer=1" : ""
                let headers = audience == "crawlers" ? [Self.crawler] : []
                if Bool.random(using: &generator) {
                    sockets.append((audience, try await server.open(query, headers: headers).client))
                } else {
                    streams.append((audience, try await EventStream(port: server.port, query, headers: headers)))
                }
            }
            // Some leave, each in its way.
            var open: [String: Double] = [:]
            for (audience, socket) in sockets {
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: try await socket.sendClose(1000)
                case 1: await socket.reset()
                case 2: try await socket.sendFrame(0x1, [0xFF])
                default: open["\(audience){transport=\"websocket\"}", default: 0] += 1
                }
            }
            for (audience, stream) in streams {
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: try await stream.leave(.closes)
                case 1: try await stream.leave(.resets)
                default: open["\(audience){transport=\"sse\"}", default: 0] += 1
                }
            }
            let left = open
            let samples = try await wait(server) { samples in
                Self.audiences.allSatisfy { audience in
                    ["websocket", "sse"].allSatisfy {
                        samples["\(audience){transport=\"\($0)\"}"] == left["\(audience){transport=\"\($0)\"}", default: 0]
                    }
                }
            }
            for audience in Self.audiences {
                for transport in ["websocket", "sse"] {
                    #expect(try remainder(samples, audience, transport) == 0, "\(audience) over \(transport)")
                }
            }
            withExtendedLifetime((sockets, streams)) {}
        }
    }

    @Test func `what a drain closes is counted as drained, and the sum still holds`() async throws {
        try await RunningServer.run(.testing { ($0.internalPort, $0.drainTimeout) = (0, .seconds(5)) }) { server in
            var sockets: [WebSocketClient] = []
            for _ in 0..<30 { sockets.append(try await server.open().client) }
            server.shutdown()
            let name = #"connections_closed_total{transport="websocket",reason="drained"}"#
            let samples = try await wait(server) { $0[name] ?? 0 > 0 }
            #expect(try remainder(samples, "connections", "websocket") == 0)
            for socket in sockets {
                #expect(try await socket.closeCode() == 1012)
                try await socket.sendClose(1012)
            }
        }
    }

    @Test func `a stream that its page leaves is a clean close, one that is reset is lost`() async throws {
        try await RunningServer.run(.testing { $0.internalPort = 0 }) { server in
            try await EventStream(port: server.port).leave(.closes)
            try await server.awaitMetric(#"connections_closed_total{transport="sse",reason="closed_by_peer"}"#, 1)
            try await EventStream(port: server.port).leave(.halfCloses)
            try await server.awaitMetric(#"connections_closed_total{transport="sse",reason="closed_by_peer"}"#, 2)
            try await EventStream(port: server.port).leave(.resets)
            // It stays, or its end would come with its words.
            let talking = try await EventStream(port: server.port)
            try await talking.leave(.talks)
            try await server.awaitMetric(#"connections_closed_total{transport="sse",reason="connection_lost"}"#, 2)
            withExtendedLifetime(talking) {}
            #expect(try await server.metric(#"connections_closed_total{transport="sse",reason="closed_by_peer"}"#) == 2)
        }
    }

    @Test func `requests of operators are counted by endpoint and result`() async throws {
        let settings = Configuration.testing { ($0.adminToken, $0.internalPort) = (Secret(RunningServer.adminToken), 0) }
        try await RunningServer.run(settings) { server in
            _ = try await server.administer("/admin/release", #"{"version":"b"}"#)
            _ = try await server.administer("/admin/release", #"{"versoin":"b"}"#)
            _ = try await server.administer("/admin/release", "{}")
            _ = try await server.request("GET", "/__skew/admin/stats")
            _ = try await server.request("GET", "/__skew/admin/stats", headers: ["Authorization: Bearer \(RunningServer.token)"])
            let samples = try await samples(server)
            for (endpoint, result, count) in [
                ("/admin/release", "ok", 1), ("/admin/release", "refused", 2), ("/admin/stats", "ok", 1),
                ("/admin/stats", "unauthorized", 1), ("/admin/revoke", "ok", 0),
            ] {
                #expect(
                    samples[#"admin_requests_total{endpoint="\#(endpoint)",result="\#(result)"}"#] == Double(count), "\(endpoint) \(result)"
                )
            }
        }
    }

    @Test func `a stranger's version is no label of the metrics, the release is`() async throws {
        try await RunningServer.run(.testing { ($0.internalPort, $0.release) = (0, "r1") }) { server in
            let (tab, _) = try await server.open("?v=r1")
            let (stranger, _) = try await server.open("?v=strange")
            let samples = try await samples(server)
            #expect(samples[#"version_connections{version="r1"}"#] == 1.0)
            #expect(samples[#"version_connections{version="strange"}"#] == nil)
            #expect(samples[#"version_connections{version="(other)"}"#] == 1)
            #expect(samples["process_resident_memory_bytes"] ?? 0 > 1_048_576)
            withExtendedLifetime((tab, stranger)) {}
        }
    }
}
