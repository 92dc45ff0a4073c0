import Foundation
import SkewWatch
import TestServer
import TestSockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct AdminTests {
    private static let settings = Configuration.testing {
        ($0.loops, $0.adminToken, $0.release) = (2, Secret(RunningServer.adminToken), "r1")
    }
    private static let denied = #"{"type":"stats-unauthorized"}"#

    private func object(_ answer: HTTPAnswer?) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data((answer?.body ?? "").utf8)) as? [String: Any])
    }

    @Test func `a token opens the admin endpoints, with Bearer or without, and the stats token only reads`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let (tab, _) = try await server.open("?v=a&route=/x")
            for header in [
                "Authorization: Bearer \(RunningServer.adminToken)", "Authorization: \(RunningServer.adminToken)",
                "Authorization: Bearer \(RunningServer.token)",
                "Authorization: Basic b3BzOnB3\r\nSkewWatch-Token: \(RunningServer.adminToken)",
            ] {
                let answer = try await server.request("GET", "/__skew/admin/stats", headers: [header])
                let stats = try object(answer)
                #expect(answer?.status == 200 && answer?["Content-Type"] == "application/json")
                #expect(stats["total"] as? Int == 1 && stats["versions"] as? [String: Int] == ["a": 1])
                #expect((stats["connections"] as? [[String: Any]])?.first?["route"] as? String == "/x")
                #expect(stats["type"] == nil && stats["yourId"] == nil)
            }
            for headers in [
                [], ["Authorization: Bearer "], ["Authorization: Bearer wrong"], ["Authorization: Basic b3BzOnB3"],
                ["Authorization: Bearer \(RunningServer.adminToken)\r\nSkewWatch-Token: wrong"],
                ["Authorization: Bearer \(RunningServer.token)"],
            ] {
                for (method, path) in [("GET", "stats"), ("POST", "release"), ("POST", "revoke")]
                where method == "POST" || headers != ["Authorization: Bearer \(RunningServer.token)"] {
                    let answer = try await server.request(
                        method, "/__skew/admin/\(path)", headers: headers + ["Content-Type: application/json"],
                        body: method == "POST" ? #"{"version":"r2","all":true}"# : nil)
                    #expect(
                        answer?.status == 401 && answer?.isError == true && answer?["WWW-Authenticate"] == "Bearer", "\(path) \(headers)")
                }
            }
            #expect(try await server.open().hello.version == "r1", "nothing was announced")
            await tab.hangUp()
        }
    }

    @Test func `every tab is told of a release, more than one slice of them, and the answer counts those that are there`() async throws {
        let settings = Configuration.testing { ($0.loops, $0.adminToken) = (1, Secret(RunningServer.adminToken)) }
        try await RunningServer.run(settings) { server in
            var tabs: [WebSocketClient] = []
            for _ in 0..<600 { tabs.append(try await server.open().client) }
            let left = tabs.removeFirst()
            try await left.sendClose(1000)
            #expect(try await left.closeCode() == 1000)
            let stream = try await EventStream(port: server.port)
            let answer = try await server.administer("/admin/release", #"{"version":"r2"}"#)
            #expect(answer?.body == #"{"ok":true,"id":1,"matching":600,"warning":"nobody runs r2"}"#)
            for tab in tabs { #expect(try await tab.text() == #"{"type":"version","version":"r2"}"#) }
            #expect(try await stream.event() == #"{"type":"version","version":"r2"}"#)
        }
    }

    @Test func `history is for viewers, and nobody else's browser hears of an error`() async throws {
        try await RunningServer.run(Self.settings) { server in
            #expect(try await server.request("GET", "/__skew/admin/history")?.status == 204)
            for token in [RunningServer.token, RunningServer.adminToken] {
                let answer = try await server.request("GET", "/__skew/admin/history", headers: ["Authorization: Bearer \(token)"])
                let history = try object(answer)
                #expect(answer?.status == 200 && history["release"] as? String == "r1" && history["hour"] is [String: Any])
            }
            let answer = try await server.request("GET", "/__skew/admin/history", headers: ["Authorization: Bearer wrong"])
            #expect(answer?.status == 401)
        }
    }

    @Test func `a release reaches everybody on every loop, and who comes later is told in connected`() async throws {
        try await RunningServer.run(Self.settings) { server in
            var sockets: [WebSocketClient] = []
            var streams: [EventStream] = []
            for _ in 0..<12 {
                sockets.append(try await server.open().client)
                streams.append(try await EventStream(port: server.port))
            }
            let answer = try await server.administer("/admin/release", #"{"version":"r2"}"#)
            #expect(answer?.status == 202 && answer?.body.hasPrefix(#"{"ok":true,"id":1,"matching":24"#) == true)
            for socket in sockets { #expect(try await socket.text() == #"{"type":"version","version":"r2"}"#) }
            for stream in streams { #expect(try await stream.event() == #"{"type":"version","version":"r2"}"#) }
            for _ in 0..<4 { #expect(try await server.open().hello.version == "r2") }
            #expect(try await server.request("GET", "/__skew/health")?.body.contains(#""version":"r2""#) == true)
            for body in ["{}", #"{"version":""}"#, #"{"version":1}"#, #"{"version":null}"#, "[]", "{", ""] {
                #expect(try await server.administer("/admin/release", body)?.status == 400, "\(body)")
            }
            #expect(try await server.open().hello.version == "r2")
            #expect(await !sockets[0].hears(within: 20))
        }
    }

    @Test func `revoking cuts one viewer, or all, and no tab`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let (one, id, _) = try await server.watch("summary")
            let (other, _, _) = try await server.watch("summary")
            let stream = try await EventStream(port: server.port)
            _ = try await server.post("/subscribe-stats", #"{"connectionId":"\#(stream.handle)","token":"\#(RunningServer.token)"}"#)
            _ = try await stream.message { $0.type == "stats" && $0.total == 3 }
            for body in ["{}", #"{"connectionId":"x"}"#, #"{"all":false}"#, #"{"all":1}"#] {
                #expect(try await server.administer("/admin/revoke", body)?.status == 400, "\(body)")
            }
            let unknown = #"{"connectionId":"00000000-0000-4000-8000-000000000000"}"#
            #expect(try await server.administer("/admin/revoke", unknown)?.body == #"{"ok":true}"#)
            #expect(try await server.administer("/admin/revoke", #"{"connectionId":"\#(id)"}"#)?.body == #"{"ok":true}"#)
            _ = try await one.message { $0.type == "stats-unauthorized" }
            let (tab, _) = try await server.open("?v=new")
            _ = try await other.message { $0.versions["new"] == 1 }
            #expect(await !one.hears(within: 50))
            #expect(try await server.administer("/admin/revoke", #"{"all":true}"#)?.body == #"{"ok":true}"#)
            _ = try await other.message { $0.type == "stats-unauthorized" }
            _ = try await stream.message { $0.type == "stats-unauthorized" }
            try await one.send("ping")
            #expect(try await one.text() == #"{"type":"pong"}"#)
            await tab.hangUp()
        }
    }

    @Test func `without a token the admin endpoints are off`() async throws {
        try await RunningServer.run { server in
            for (method, path) in [("GET", "stats"), ("POST", "release"), ("POST", "revoke")] {
                let answer = try await server.request(
                    method, "/__skew/admin/\(path)", headers: ["Authorization: Bearer ", "Content-Type: application/json"],
                    body: method == "POST" ? "{}" : nil)
                // The stats token would do for reading.
                #expect(answer?.status == (method == "GET" ? 401 : 503) && answer?.isError == true)
            }
        }
        try await RunningServer.run(.testing { $0.statsToken = nil }) { server in
            let (stats, history) = (
                try await server.request("GET", "/__skew/admin/stats"), try await server.request("GET", "/__skew/admin/history")
            )
            #expect(stats?.status == 503 && history?.status == 204)
        }
    }

    @Test func `a field that there is none of is refused by its name`() async throws {
        try await RunningServer.run(Self.settings) { server in
            for (path, body) in [("release", #"{"version":"r2","urgnet":true}"#), ("revoke", #"{"all":true,"urgnet":1}"#)] {
                let answer = try await server.post("/admin/\(path)", body, headers: ["Authorization: Bearer \(RunningServer.adminToken)"])
                #expect(answer?.status == 400 && answer?.body == #"{"error":"there is no such field: urgnet"}"#)
            }
            #expect(try await server.open().hello.version == "r1", "nothing was announced")
        }
    }

    @Test func `a foreign page can write nothing, even with the token`() async throws {
        try await RunningServer.run(Self.settings) { server in
            for path in ["release", "revoke"] {
                let answer = try await server.post(
                    "/admin/\(path)", #"{"version":"evil","all":true}"#,
                    headers: ["Authorization: Bearer \(RunningServer.adminToken)", "Origin: https://evil.example"])
                #expect(answer?.status == 403)
            }
        }
    }
}
