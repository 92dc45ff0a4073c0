import Logging
import SkewWatch
import TestServer
import TestSockets
import Testing

/// A tab that says which one it is counts once, however often its network changes.
@Suite(.timeLimit(.minutes(1))) struct TabTests {
    private static let name = "0123456789abcdefXY_-"

    private func run(
        loops: Int = 1, _ change: (inout Configuration) -> Void = { _ in }, _ body: (RunningServer) async throws -> Void
    ) async throws {
        try await RunningServer.run(
            .testing {
                ($0.loops, $0.internalPort, $0.logLevel) = (loops, 0, .debug)
                change(&$0)
            }, body)
    }

    /// What somebody sees who looks now and is not counted.
    private func look(_ server: RunningServer) async throws -> Message { try await server.watch("snapshot", "?observer=1").stats }

    private func look(_ server: RunningServer, until isSo: (Message) -> Bool) async throws -> Message {
        while true {
            let stats = try await look(server)
            if isSo(stats) { return stats }
        }
    }

    @Test(arguments: [1, 4]) func `the newer connection takes the older one's place, and its age`(loops: Int) async throws {
        try await run(loops: loops) { server in
            var (former, hello) = try await server.open("?v=a&t=\(Self.name)")
            let since = try #require(try await look(server).rows[hello.connectionID ?? ""]?.since)
            // The kernel deals connections to the loops: of so many some meet on one, and some do not.
            for number in 1...8 {
                let next = try await server.open("?v=a&t=\(Self.name)&r=\(number)&route=/\(number)")
                let stats = try await look(server, until: { $0.total == 1 && $0.rows[next.hello.connectionID ?? ""] != nil })
                #expect(stats.rows.count == 1 && stats.rows[next.hello.connectionID ?? ""]?.since == since)
                #expect(stats.rows.values.first?.route == "/\(number)")
                #expect(try await former.next() == .close(code: 1000))
                (former, hello) = next
            }
            try await former.send("ping")
            try await server.awaitMetric(#"connections_closed_total{transport="websocket",reason="replaced"}"#, 8)
            #expect(try await server.metric("reconnects_total") == 8)
        }
    }

    @Test func `other tabs stay, and nobody can tell or learn which tab one is`() async throws {
        try await run { server in
            let first = try await server.open("?v=a&t=\(Self.name)")
            let other = try await server.open("?v=a&t=\(Self.name.reversed().map(String.init).joined())")
            let again = try await server.open("?v=a&t=\(Self.name)&r=1")
            let stats = try await look(server, until: { $0.total == 2 })
            #expect(Set(stats.rows.keys) == Set([other.hello, again.hello].compactMap(\.connectionID)))
            let everything = try await server.probe("/metrics")?.body ?? ""
            #expect(!(server.lines.all.joined() + everything).contains(Self.name))
            try await first.client.send("ping")
        }
    }

    @Test(arguments: ["", "short", "0123456789abcde%2F", "0123456789abcdef%C3%A9", String(repeating: "a", count: 65)])
    func `what is no name of a tab is passed over`(name: String) async throws {
        try await run { server in
            let one = try await server.open("?v=a&t=\(name)")
            let two = try await server.open("?v=a&t=\(name)&r=x")
            #expect(try await look(server).total == 2)
            #expect(try await server.metric("reconnects_total") == 0)
            try await one.client.send("ping")
            try await two.client.send("ping")
        }
    }

    @Test func `an observer and a crawler take nobody's place`() async throws {
        try await run { server in
            let tab = try await server.open("?v=a&t=\(Self.name)")
            let observer = try await server.open("?observer=1&t=\(Self.name)")
            let crawler = try await server.open("?t=\(Self.name)", headers: ["User-Agent: Googlebot/2.1"])
            #expect(try await look(server).rows.keys.map(\.self) == [tab.hello.connectionID])
            try await observer.client.send("ping")
            try await crawler.client.send("ping")
        }
    }

    @Test func `two that take each other's place without end count as two`() async throws {
        try await run { server in
            var open: [WebSocketClient] = []
            for number in 0...11 { open.append(try await server.open("?v=a&t=\(Self.name)&r=\(number)").client) }
            let stats = try await look(server, until: { $0.total == 2 })
            #expect(stats.versions == ["a": 2] && open.count == 12)
        }
    }

    @Test func `a stream takes the place of a socket, and a socket that of a stream`() async throws {
        try await run { server in
            let socket = try await server.open("?v=a&t=\(Self.name)")
            let stream = try await EventStream(port: server.port, "?v=a&t=\(Self.name)&r=1")
            let id = try await stream.id
            #expect(try await look(server, until: { $0.total == 1 }).rows.keys.map(\.self) == [id])
            let last = try await server.open("?v=a&t=\(Self.name)&r=2")
            #expect(try await look(server, until: { $0.total == 1 }).versions == ["a": 1])
            _ = try await stream.rest()
            #expect(try await socket.client.next() == .close(code: 1000))
            try await last.client.send("ping")
        }
    }

    @Test(arguments: [1, 2]) func `a tab that shared another one's stream takes its own place, and the stream stays`(loops: Int)
        async throws
    {
        try await run(loops: loops) { server in
            let leader = try await EventStream(port: server.port, "?v=a&t=\(Self.name)")
            let others = ["another-tab-of-it", "one-more-tab-of-it"]
            let list = others.map { #"{"t":"\#($0)","v":"a","route":"/\#($0)"}"# }.joined(separator: ",")
            let handle = try await leader.handle
            // The leader's own name in its list is no further tab.
            let body = #"{"connectionId":"\#(handle)","tabs":[\#(list),{"t":"\#(Self.name)","v":"a"}]}"#
            _ = try await server.post("/tabs", body)
            let before = try await look(server, until: { $0.total == 3 })
            let since = try #require(before.rows.values.first { $0.route == "/\(others[0])" }?.since)
            let own = try await server.open("?v=a&t=\(others[0])&r=1&route=/own")
            let after = try await look(server, until: { $0.routes["/own"] == 1 && $0.total == 3 })
            let id = try await leader.id
            #expect(after.rows[own.hello.connectionID ?? ""]?.since == since && after.rows[id] != nil)
            // The leader goes: of its list only the tab that has no connection of its own goes with it.
            try await leader.leave(.resets)
            let rest = try await look(server, until: { $0.total == 1 })
            #expect(rest.rows.keys.map(\.self) == [own.hello.connectionID])
            try await own.client.send("ping")
        }
    }

    @Test func `another stream that stands for a tab takes it from the first one`() async throws {
        try await run { server in
            let one = try await EventStream(port: server.port, "?v=a&t=leader-number-one")
            let two = try await EventStream(port: server.port, "?v=a&t=leader-number-two")
            for leader in [one, two] {
                let handle = try await leader.handle
                _ = try await server.post("/tabs", #"{"connectionId":"\#(handle)","tabs":[{"t":"\#(Self.name)","v":"a","route":"/x"}]}"#)
                #expect(try await look(server, until: { $0.routes["/x"] == 1 }).routes["/x"] == 1)
            }
            #expect(try await look(server).total == 3)
            try await one.leave(.resets)
            #expect(try await look(server, until: { $0.total == 2 }).routes["/x"] == 1)
            try await two.leave(.closes)
        }
    }
}
