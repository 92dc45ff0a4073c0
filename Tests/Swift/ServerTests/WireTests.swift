import SkewWatch
import TestServer
import TestSockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct WireTests {
    @Test func `a socket hears connected first, with an id that its statistics repeat`() async throws {
        try await RunningServer.run(.testing { $0.release = "r1" }) { server in
            let (client, id, stats) = try await server.watch()
            #expect(id.count == 36 && id == id.lowercased())
            #expect(stats.type == "stats" && stats.yourID == id && stats.total == 1)
            #expect(stats.rows == [id: .init(version: "r1", route: "/", ip: nil)])
            let (_, hello) = try await server.open()
            #expect(hello.type == "connected" && hello.version == "r1" && hello.connectionID != id)
            try await client.sendClose(1000)
        }
    }

    @Test(arguments: ["ping", #"{"type":"ping"}"#, #" { "type" : "ping" } "#]) func `a ping is answered`(ping: String) async throws {
        try await RunningServer.run { server in
            let (client, _) = try await server.open()
            try await client.send(ping)
            #expect(try await client.text() == #"{"type":"pong"}"#)
        }
    }

    @Test(arguments: ["/shopping", "/ping", "ping", "/__proto__", "__proto__", "constructor", "toString", "/ž?q=\u{1F600}"])
    func `any route is a route and is counted under its own name`(route: String) async throws {
        try await RunningServer.run { server in
            let (watcher, _, _) = try await server.watch("summary")
            let (client, _) = try await server.open()
            try await client.send(#"{"type":"route-update","route":"\#(route)"}"#)
            let stats = try await watcher.message { $0.routes[route] != nil }
            #expect(stats.routes == ["/": 1, route: 1])
            try await client.send("ping")
            #expect(try await client.text() == #"{"type":"pong"}"#, "nothing else was answered")
        }
    }

    @Test(
        arguments: [
            ("?v=q", ["Cookie: __nkpv=c"], "q"), ("?version=q", [], "q"), ("", ["Cookie: a=b; __nkpv=c; __nkpv=d"], "c"),
            ("", ["Cookie: __nkpv=a%20b"], "a b"), ("", ["Cookie: __nkpv=%zz"], "%zz"), ("", [], "release"),
            ("?v=__proto__", [], "__proto__"),
            ("?v=constructor", [], "constructor"),
        ] as [(String, [String], String)])
    func `a version is taken from the query, the cookie, the release`(query: String, headers: [String], version: String) async throws {
        try await RunningServer.run(.testing { $0.release = "release" }) { server in
            let (client, hello) = try await server.open(query, headers: headers)
            let (watcher, _, stats) = try await server.watch("snapshot", "?v=watcher")
            #expect(stats.rows[hello.connectionID ?? ""]?.version == version)
            #expect(stats.versions == [version: 1, "watcher": 1])
            for socket in [client, watcher] { try await socket.sendClose(1000) }
        }
    }

    @Test func `a version that nobody knows is unknown, and a route comes from the query`() async throws {
        try await RunningServer.run { server in
            let (client, _, stats) = try await server.watch("snapshot", "?route=/a+b%20c&route=/second")
            #expect(stats.versions == ["unknown": 1] && stats.routes == ["/a b c": 1])
            try await client.sendClose(1000)
        }
    }

    @Test func `keys over the limit count as other, and rows over theirs as truncated`() async throws {
        try await RunningServer.run(.testing { ($0.maxVersions, $0.maxListedConnections) = (2, 2) }) { server in
            var clients: [WebSocketClient] = []
            for index in 0..<4 { clients.append(try await server.open("?v=v\(index)").client) }
            let (_, _, stats) = try await server.watch("snapshot", "?v=v0")
            #expect(stats.total == 5 && stats.rows.count == 2 && stats.truncated == 3)
            #expect(stats.versions == ["v0": 2, "v1": 1, "(other)": 2])
            for client in clients { try await client.sendClose(1000) }
        }
    }

    @Test func `what is no message is ignored and the socket stays open`() async throws {
        try await RunningServer.run { server in
            let (client, _) = try await server.open()
            for text in ["", "null", "[]", "{", #"{"type":"other"}"#, #"{"type":"route-update","route":""}"#, "shopping", "pingpong"] {
                try await client.send(text)
            }
            try await client.send(Array("ping".utf8))
            try await client.send("ping")
            #expect(try await client.text() == #"{"type":"pong"}"#)
            #expect(await !client.hears(within: 100))
        }
    }

    @Test func `a message over the limit is closed with 1009`() async throws {
        try await RunningServer.run(.testing { $0.maxMessageBytes = 256 }) { server in
            let (client, _) = try await server.open()
            try await client.send(String(repeating: "x", count: 257))
            #expect(try await client.closeCode() == 1009)
        }
    }

    @Test func `a switch that is off keeps its data from everybody`() async throws {
        try await RunningServer.run(.testing { $0.routeTracking = false }) { server in
            let (client, id, stats) = try await server.watch("snapshot", "?route=/secret")
            #expect(stats.routes.isEmpty && stats.rows[id] == .init(version: "unknown", route: "/", ip: nil))
            try await client.sendClose(1000)
        }
        try await RunningServer.run(.testing { $0.ipTracking = true }) { server in
            let (client, id, stats) = try await server.watch()
            #expect(stats.rows[id]?.ip == "127.0.0.1")
            try await client.sendClose(1000)
        }
        try await RunningServer.run(.testing { ($0.connectionTracking, $0.routeTracking) = (false, false) }) { server in
            let (client, _, answer) = try await server.watch()
            #expect(answer.type == "stats-unauthorized")
            try await client.sendClose(1000)
        }
    }

    @Test func `a server that ends closes its sockets with 1012`() async throws {
        let clients = Clients()
        try await RunningServer.run { server in
            let (client, _) = try await server.open()
            await clients.keep(client)
        }
        #expect(try await clients.last?.closeCode() == 1012)
    }

    private actor Clients {
        private(set) var last: WebSocketClient?
        func keep(_ client: WebSocketClient) { last = client }
    }
}
