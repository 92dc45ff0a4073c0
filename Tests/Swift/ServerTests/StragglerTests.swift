import Foundation
import SkewWatch
import TestServer
import TestSockets
import Testing

/// Who is still on an old build, since when, and that no cut of the list hides it.
@Suite(.timeLimit(.minutes(1))) struct StragglerTests {
    private func rows(_ server: RunningServer) async throws -> Message { try await server.watch("snapshot", "?observer=1").stats }

    @Test(arguments: [1, 2]) func `rows that do not run the release are listed first, however few rows are listed`(loops: Int) async throws
    {
        try await RunningServer.run(
            .testing { ($0.loops, $0.maxListedConnections, $0.release) = (loops, 6, "new") }
        ) { server in
            var open: [WebSocketClient] = []
            let (watcher, _, first) = try await server.watch("delta", "?v=new")
            var state = first
            for _ in 0..<20 { open.append(try await server.open("?v=new").client) }
            for number in 0..<4 { open.append(try await server.open("?v=old\(number)").client) }
            while state.total != 25 || state.rows.values.count(where: { $0.version != "new" }) != 4 {
                state.apply(try await watcher.message())
            }
            #expect(state.rows.count == 6 && open.count == 24)
            let whole = try await rows(server)
            let order = whole.order.map { whole.rows[$0]?.version == "new" }
            #expect(order == [false, false, false, false, true, true] && whole.truncated == 19)
        }
    }

    @Test func `an announcement turns round who is behind`() async throws {
        try await RunningServer.run(
            .testing { ($0.maxListedConnections, $0.release, $0.adminToken) = (4, "a", Secret(RunningServer.adminToken)) }
        ) { server in
            var open: [WebSocketClient] = []
            for _ in 0..<5 { open.append(try await server.open("?v=b").client) }
            for _ in 0..<3 { open.append(try await server.open("?v=a").client) }
            #expect(try await rows(server).rows.values.allSatisfy { $0.version == "b" } && open.count == 8)
            _ = try await server.administer("/admin/release", #"{"version":"b"}"#)
            var state = try await rows(server)
            while state.rows.values.count(where: { $0.version == "a" }) != 3 { state = try await rows(server) }
        }
    }

    @Test func `a row says since when, and the first stats what may be seen and what is tracked`() async throws {
        try await RunningServer.run(.testing { $0.ipTracking = true }) { server in
            let (watcher, id, first) = try await server.watch("snapshot", "?v=a")
            #expect(first.scope == "ips" && first.tracking == ["routes": true, "addresses": true, "tags": false])
            let opened = try #require(first.rows[id]?.since)
            #expect(abs(Double(opened) / 1000 - Date().timeIntervalSince1970) < 5)
            let (tab, other) = try await server.open("?v=b")
            let second = try await watcher.message()
            #expect(second.type == "stats" && second.scope == nil && second.tracking == nil)
            #expect(second.rows[id]?.since == opened)
            #expect(try #require(second.rows[other.connectionID ?? ""]?.since) >= opened)
            #expect(second.rows[id]?.moved == nil && second.rows[other.connectionID ?? ""]?.moved == nil)
            try await tab.send(#"{"type":"route-update","route":"/moved"}"#)
            let third = try await watcher.message { $0.routes["/moved"] == 1 }
            let row = try #require(third.rows[other.connectionID ?? ""])
            #expect(try #require(row.moved) >= #require(row.since))
            #expect(third.rows[id]?.moved == nil)
        }
    }
}
