import SkewWatch
import TestServer
import TestSockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct AuthorizationTests {
    private static let denied = #"{"type":"stats-unauthorized"}"#

    @Test(arguments: [
        #""token":"wrong""#, #""token":"""#, #""token":"sesam""#, #""token":"sesame x""#, #""token":null"#, #""mode":"summary""#,
    ])
    func `a denied socket hears that and no number, ever`(field: String) async throws {
        try await RunningServer.run { server in
            let (client, _) = try await server.open()
            for _ in 0..<2 {
                try await client.send(#"{"type":"subscribe-stats",\#(field)}"#)
                #expect(try await client.text() == Self.denied)
            }
            let (watcher, _, _) = try await server.watch("summary")
            let (other, _) = try await server.open("?v=new")
            _ = try await watcher.message { $0.versions["new"] != nil }
            #expect(await !client.hears(within: 300))
            try await other.sendClose(1000)
        }
    }

    @Test func `without any way to authorize everybody is denied`() async throws {
        try await RunningServer.run(.testing { $0.statsToken = nil }) { server in
            let (client, _) = try await server.open("", headers: ["Authorization: Bearer "])
            try await client.send(#"{"type":"subscribe-stats","token":""}"#)
            #expect(try await client.text() == Self.denied)
        }
    }

    @Test func `the token is accepted in the handshake`() async throws {
        try await RunningServer.run { server in
            let (client, _) = try await server.open("", headers: ["Authorization: Bearer \(RunningServer.token)"])
            try await client.send(#"{"type":"subscribe-stats"}"#)
            #expect(try await client.message().total == 1)
            let (other, _) = try await server.open("", headers: ["Authorization: Bearer wrong"])
            try await other.send(#"{"type":"subscribe-stats"}"#)
            #expect(try await other.text() == Self.denied)
        }
    }

    @Test func `a later denial ends a subscription, and unsubscribing does too`() async throws {
        try await RunningServer.run { server in
            for end in [#"{"type":"subscribe-stats","token":"wrong"}"#, #"{"type":"unsubscribe-stats"}"#] {
                let (client, _, _) = try await server.watch("summary")
                try await client.send(end)
                try await client.send("ping")
                _ = try await client.message { $0.type == "pong" }
                let (watcher, _, _) = try await server.watch("summary")
                let (other, _) = try await server.open("?v=new")
                _ = try await watcher.message { $0.versions["new"] != nil }
                #expect(await !client.hears(within: 200))
                try await other.sendClose(1000)
            }
        }
    }

    @Test func `the hook is asked with the handshake and decides`() async throws {
        var hooks = ServerHooks()
        hooks.authorizeStats = { request in
            if request.head.cookie == "session=admin", request.token == "t" { request.authorize() }
        }
        try await RunningServer.run(.testing { $0.statsToken = nil }, hooks: hooks) { server in
            let (admin, _) = try await server.open("", headers: ["Cookie: session=admin"])
            try await admin.send(#"{"type":"subscribe-stats","token":"t"}"#)
            #expect(try await admin.message().total == 1)
            let (guest, _) = try await server.open("", headers: ["Cookie: session=guest"])
            try await guest.send(#"{"type":"subscribe-stats","token":"t"}"#)
            #expect(try await guest.text() == Self.denied)
        }
    }
}
