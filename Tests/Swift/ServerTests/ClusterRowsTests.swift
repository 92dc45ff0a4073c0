import Foundation
import SkewCluster
import SkewWatch
import TestServer
import TestSockets
import Testing

/// Lists that show the rows of all nodes.
@Suite(.timeLimit(.minutes(1))) struct ClusterRowsTests {
    private static let authorization = "Authorization: Bearer \(RunningServer.adminToken)"

    private func list(_ server: RunningServer) async throws -> (rows: [Message.Row], truncated: Int, total: Int) {
        let answer = try await server.request("GET", "/__skew/admin/stats", headers: [Self.authorization])
        let body = try #require(answer?.body)
        let message = try Message(#"{"type":"stats","# + body.dropFirst())
        return (Array(message.rows.values), message.truncated ?? 0, message.total ?? 0)
    }

    @Test func `who looks at one node sees the rows of the other come, move and go`() async throws {
        try await ServerPair.run { one, two in
            let (early, _) = try await two.open("?v=b&route=/early")
            let (watcher, _, first) = try await one.watch("delta", "?v=a&route=/x")
            var state = first
            while state.rows.count < 2 { state.apply(try await watcher.message()) }
            #expect(Set(state.rows.values.map(\.route)) == ["/x", "/early"] && state.total == 2)
            let (tab, hello) = try await two.open("?v=b&route=/before")
            let id = try #require(hello.connectionID)
            while state.rows[id] == nil { state.apply(try await watcher.message()) }
            #expect(state.rows[id] == .init(version: "b", route: "/before") && state.rows[id]?.since != nil)
            try await tab.send(#"{"type":"route-update","route":"/after"}"#)
            while state.rows[id]?.route != "/after" { state.apply(try await watcher.message()) }
            try await tab.sendClose(1000)
            while state.rows[id] != nil { state.apply(try await watcher.message()) }
            #expect(state.rows.count == 2 && state.total == 2)
            await early.hangUp()
        }
    }

    @Test func `the first one who asks for the list of a node gets the rows of all`() async throws {
        // A node that stands still for longer than it is waited for is left out: then once more.
        let haveAll = try await Patience.sees(inOneOf: 4) { _ in
            var haveAll = true
            try await ServerPair.run { one, two in
                var tabs: [WebSocketClient] = []
                for number in 0..<3 { tabs.append(try await two.open("?v=b&route=/\(number)").client) }
                tabs.append(try await one.open("?v=a&route=/own").client)
                try await two.awaitMetric("cluster_connections", 4)
                try await one.awaitMetric("cluster_connections", 4)
                for server in [one, two] {
                    let (rows, truncated, total) = try await list(server)
                    if Set(rows.map(\.route)) != ["/0", "/1", "/2", "/own"] || truncated != 0 || total != 4 { haveAll = false }
                }
                for tab in tabs { await tab.hangUp() }
            }
            return haveAll
        }
        #expect(haveAll)
    }

    @Test func `a list that is too short for all has rows of every node, and says how many are left out`() async throws {
        try await ServerPair.run(.init()) { (configuration: inout Configuration) in
            configuration.maxListedConnections = 6
        } _: { one, two in
            var tabs: [WebSocketClient] = []
            for _ in 0..<8 { tabs.append(try await one.open("?v=a&route=/one").client) }
            for _ in 0..<8 { tabs.append(try await two.open("?v=a&route=/two").client) }
            for server in [one, two] { try await server.awaitMetric("cluster_connections", 16) }
            for server in [one, two] {
                // A node that stands still for longer than it is waited for is left out.
                var last: [String: Int] = [:]
                let haveAll = try await Patience.sees {
                    let (rows, truncated, total) = try await list(server)
                    last = Dictionary(grouping: rows, by: \.route).mapValues(\.count)
                    return last == ["/one": 3, "/two": 3] && truncated == 10 && total == 16
                }
                #expect(haveAll, "\(last)")
            }
            for tab in tabs { await tab.hangUp() }
        }
    }

    @Test func `addresses of the other node are shown to those who may see them`() async throws {
        try await ServerPair.run(.init()) { (configuration: inout Configuration) in
            configuration.ipTracking = true
        } _: { one, two in
            let (tab, _) = try await two.open("?v=b&route=/there")
            try await one.awaitMetric("cluster_connections", 1)
            #expect(try await Patience.sees { try await list(one).rows == [.init(version: "b", route: "/there", ip: "127.0.0.1")] })
            await tab.hangUp()
        }
    }
}
