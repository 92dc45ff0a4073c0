import SkewCluster
import SkewWatch
import TestServer
import TestSockets
import Testing

/// Several servers over one bus, as their clients see them.
@Suite(.timeLimit(.minutes(1))) struct ClusterTests {
    @Test func `a node that joins is not ready before it knows the others, and then both count as one`() async throws {
        let hub = MemoryBus.Hub()
        try await RunningServer.run(ServerPair.settings("one"), bus: MemoryBus(hub)) { one in
            #expect(try await one.probe("/ready")?.status == 503)
            #expect(try await one.probe("/live")?.status == 200)
            let (watcher, _, first) = try await one.watch("delta", "?v=a&route=/x")
            #expect(first.partial == ["link"] && first.total == 1)
            try await RunningServer.run(ServerPair.settings("two"), bus: MemoryBus(hub)) { two in
                try await ServerPair.ready(two)
                let (tab, _) = try await two.open("?v=b&route=/y")
                var state = first
                while state.total != 2 || state.routes.count != 2 { state.apply(try await watcher.message()) }
                #expect(state.versions == ["a": 1, "b": 1] && state.routes == ["/x": 1, "/y": 1])
                let (second, _, other) = try await two.watch("summary", "?v=b&route=/y")
                #expect(other.versions == ["a": 1, "b": 2] && other.routes["/x"] == 1)
                let whole = try await watcher.message { $0.nodes?["up"] == 2 && $0.partial.isEmpty && $0.total == 3 }
                #expect(whole.nodes == ["up": 2, "joining": 0, "leaving": 0, "lost": 0])
                let answer = try await two.request(
                    "GET", "/__skew/admin/nodes", headers: ["Authorization: Bearer \(RunningServer.adminToken)"])
                let body = try #require(answer?.body)
                #expect(body.contains(#""name":"one""#) && body.contains(#""name":"two""#) && body.contains(#""state":"up""#), "\(body)")
                try await two.awaitMetric("cluster_connections", 3)
                try await tab.sendClose(1000)
                _ = try await watcher.message { $0.total == 2 }
                await second.hangUp()
            }
        }
    }

    @Test func `a release that is announced on one node reaches the tabs of all`() async throws {
        try await ServerPair.run { one, two in
            let (tab, _) = try await two.open("?v=a")
            _ = try await one.administer("/admin/release", #"{"version":"b"}"#)
            let message = try await tab.message()
            #expect(message.type == "version" && message.version == "b")
            let (_, hello) = try await two.open("?v=a")
            #expect(hello.version == "b")
            _ = try await two.administer("/admin/release", #"{"version":"c"}"#)
            #expect(try await tab.message().version == "c")
            #expect(try await Patience.sees { try await one.open("?v=a").hello.version == "c" })
        }
    }

    @Test func `a stream's POSTs may come in on any node`() async throws {
        try await ServerPair.run { one, two in
            let (watcher, _, _) = try await one.watch("delta", "?v=w")
            let stream = try await EventStream(port: one.port, "?v=a&route=/before")
            let handle = try await stream.handle
            _ = try await watcher.message { $0.routes["/before"] == 1 }
            let answer = try await two.post("/route", #"{"connectionId":"\#(handle)","route":"/after"}"#)
            #expect(answer?.body == #"{"ok":true}"#)
            _ = try await watcher.message { $0.routes["/after"] == 1 }
            _ = try await two.post("/subscribe-stats", #"{"connectionId":"\#(handle)","mode":"summary","token":"\#(RunningServer.token)"}"#)
            let stats = try await stream.message { $0.type == "stats" }
            #expect(stats.total == 2)
            let forged = handle.replacing(handle.dropFirst(37).prefix(22), with: String(repeating: "A", count: 22))
            _ = try await two.post("/route", #"{"connectionId":"\#(forged)","route":"/forged"}"#)
            _ = try await two.post("/route", #"{"connectionId":"\#(handle)","route":"/last"}"#)
            let last = try await watcher.message { $0.routes["/last"] == 1 || $0.routes["/forged"] == 1 }
            #expect(last.routes["/forged"] == nil)
            try await stream.leave(.closes)
        }
    }

    @Test func `the tabs of a shared stream may be told on any node`() async throws {
        try await ServerPair.run { one, two in
            let (watcher, _, _) = try await one.watch("delta", "?v=w")
            let stream = try await EventStream(port: one.port, "?v=a&route=/own")
            let handle = try await stream.handle
            let tabs = #"[{"t":"0123456789abcdef","v":"b","route":"/x"},{"t":"fedcba9876543210","v":"a","route":"/y"},{"t":"short"}]"#
            let answer = try await two.post("/tabs", #"{"connectionId":"\#(handle)","tabs":\#(tabs)}"#)
            #expect(answer?.body == #"{"ok":true}"#)
            _ = try await watcher.message { $0.versions["b"] == 1 }
            try await one.awaitMetric("cluster_connections", 4)
            _ = try await two.post("/tabs", #"{"connectionId":"\#(handle)","tabs":[]}"#)
            try await one.awaitMetric("cluster_connections", 2)
            try await stream.leave(.closes)
        }
    }

    @Test func `what is taken back on one node is taken back on all`() async throws {
        try await ServerPair.run { one, two in
            let (watcher, _, _) = try await two.watch("summary", "?v=w")
            #expect(try await one.administer("/admin/revoke", #"{"all":true}"#)?.status == 200)
            _ = try await watcher.message { $0.type == "stats-unauthorized" }
            let (other, id, _) = try await two.watch("summary", "?v=w")
            #expect(try await one.administer("/admin/revoke", #"{"connectionId":"\#(id)"}"#)?.status == 200)
            _ = try await other.message { $0.type == "stats-unauthorized" }
            await watcher.hangUp()
        }
    }

    @Test func `a node that comes later knows which releases were out before it, and what was counted`() async throws {
        let hub = MemoryBus.Hub()
        let settings = ServerPair.settings("one") { $0.release = "a" }
        try await RunningServer.run(settings, bus: MemoryBus(hub)) { one in
            try await ServerPair.ready(one)
            let (tab, _) = try await one.open("?v=a")
            _ = try await one.administer("/admin/release", #"{"version":"b"}"#)
            try await RunningServer.run(ServerPair.settings("two"), bus: MemoryBus(hub)) { two in
                var body = ""
                _ = try await Patience.sees {
                    let answer = try await two.request(
                        "GET", "/__skew/admin/history", headers: ["Authorization: Bearer \(RunningServer.adminToken)"])
                    body = try #require(answer?.body)
                    return body.contains(#""version":"a""#)
                }
                // Both releases, the first of them from the settings of the other node, and tabs of a time when this one was not there.
                #expect(body.contains(#""version":"a""#) && body.contains(#""version":"b""#), "\(body)")
            }
            await tab.hangUp()
        }
    }

    @Test func `the tabs of a node that leaves stay in the total until they are back or their time is over`() async throws {
        let hub = MemoryBus.Hub()
        try await RunningServer.run(ServerPair.settings("one"), bus: MemoryBus(hub)) { one in
            let watched = AsyncStream<[WebSocketClient]>.makeStream()
            try await RunningServer.run(ServerPair.settings("two"), bus: MemoryBus(hub)) { two in
                for server in [one, two] { try await ServerPair.ready(server) }
                let (watcher, _, _) = try await one.watch("summary", "?v=w")
                var clients = [watcher]
                for _ in 0..<3 { clients.append(try await two.open("?v=a").client) }
                _ = try await watcher.message { $0.total == 4 && $0.partial.isEmpty }
                watched.continuation.yield(clients)
            }
            // The second one has closed its tabs and said goodbye.
            let clients = try #require(await watched.stream.first { _ in true })
            let watcher = try #require(clients.first)
            let moved = try await watcher.message { $0.returning == 3 }
            #expect(moved.total == 4 && moved.versions == ["a": 3, "w": 1], "\(moved)")
            let (tab, _) = try await one.open("?v=a")
            let left = try await watcher.message { $0.nodes?["leaving"] == 0 && $0.nodes?["up"] == 1 }
            #expect(left.total == 4 || left.total == 5, "one came before its time")
            // Where the machine has no time for it, a node says for a moment that it is not sure.
            let over = try await watcher.message { $0.returning == 0 && $0.partial.isEmpty }
            #expect(over.total == 2, "\(over)")
            for client in clients + [tab] { await client.hangUp() }
        }
    }

    @Test func `while the bus is away the numbers say so, and are this node's own after a while`() async throws {
        let hub = MemoryBus.Hub()
        try await ServerPair.run(hub) { one, two in
            let (watcher, _, _) = try await one.watch("summary", "?v=w")
            let (tab, _) = try await two.open("?v=a")
            _ = try await watcher.message { $0.total == 2 && $0.partial.isEmpty }
            hub.setUp(false)
            let doubtful = try await watcher.message { !$0.partial.isEmpty }
            #expect(doubtful.total == 2 && doubtful.partial == ["link"])
            let local = try await watcher.message { $0.total == 1 }
            #expect(local.partial.contains("lost"))
            #expect(try await one.probe("/ready")?.status == 200)
            hub.setUp(true)
            _ = try await watcher.message { $0.total == 2 && $0.partial.isEmpty }
            _ = try await one.line(with: "The numbers are whole.")
            await tab.hangUp()
        }
    }
}
