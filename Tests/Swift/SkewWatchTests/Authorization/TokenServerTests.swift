import TestServer
import TestSockets
import Testing

@testable import SkewWatch

/// Who may watch by a token, and how that ends.
// One server at a time: libwebsockets 4.1.6 closes a descriptor twice when a context ends, which may be another server's by then.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct TokenServerTests {
    @Test func `a token lets in from the message, the header and the cookie`() async throws {
        try await RunningServer.run {
            $0.jwtSecret = Secret(SignedToken.secret)
            $0.jwtCookie = "session"
            $0.jwtRequire = [RequiredClaim(name: "role", value: "admin")]
        } _: { running in
            let token = SignedToken.lasting(60, more: #","role":["admin"]"#)
            for (headers, inMessage) in [([], token), (["Authorization: Bearer \(token)"], nil), (["Cookie: a=b; session=\(token)"], nil)]
                as [([String], String?)]
            {
                let viewer = headers.isEmpty ? try await running.client() : try await running.client(headers[0])
                try await viewer.subscribe(token: inMessage)
                #expect(try await viewer.next().contains(#""type":"stats""#))
                let line = try await running.line(with: "Statistics granted.", viewer.id, "authorizer=jwt", "scope=ips", "who=ada")
                #expect(!line.contains(token.suffix(20)))
            }
            let viewer = try await running.client("Authorization: Bearer \(SignedToken.lasting(60))")
            try await viewer.subscribe()
            #expect(try await viewer.next() == Viewer.unauthorized)
            _ = try await running.line(with: "Statistics denied.", viewer.id, "it lacks a required claim")
        }
    }

    @Test func `a token that expires while its bearer watches ends that`() async throws {
        try await RunningServer.run {
            $0.jwtSecret = Secret(SignedToken.secret)
        } _: { running in
            let viewer = try await running.client()
            try await viewer.subscribe(token: SignedToken.lasting(2), mode: "delta")
            #expect(try await viewer.untilUnauthorized().count >= 2)
            _ = try await running.client()
            #expect(await !viewer.socket.hears(within: 50))
            _ = try await running.line(with: "Statistics expired.", viewer.id, "who=ada")
        }
    }

    // MARK: Ending

    @Test func `revoking has cut a thousand viewers when it is over`() async throws {
        try await RunningServer.run {
            $0.statsToken = Secret("token")
        } _: { running in
            var viewers: [Viewer] = []
            for _ in 0..<1000 { viewers.append(try await running.client()) }
            for viewer in viewers { try await viewer.subscribe(token: "token", mode: "summary") }
            for viewer in viewers { _ = try await viewer.next() }
            #expect(await !running.server.revoke(connectionID: "00000000-0000-4000-8000-000000000000"))
            #expect(await running.server.revoke(connectionID: viewers[0].id))
            _ = try await viewers[0].untilUnauthorized()
            await running.server.revokeAll()
            // What is told lies at each of them by then.
            for viewer in viewers.dropFirst() { #expect(await viewer.socket.hears(within: 0)) }
            for viewer in viewers.dropFirst() { _ = try await viewer.untilUnauthorized() }
            #expect(await !viewers[0].socket.hears(within: 20))
        }
    }

    @Test func `a revoked token lets nobody in again, and another one does`() async throws {
        try await RunningServer.run {
            $0.jwtSecret = Secret(SignedToken.secret)
        } _: { running in
            let (viewer, token) = (try await running.client(), SignedToken.lasting(60))
            try await viewer.subscribe(token: token, mode: "summary")
            #expect(try await viewer.next().contains(#""type":"stats""#))
            #expect(await running.server.revoke(connectionID: viewer.id))
            _ = try await viewer.untilUnauthorized()
            var configuration = Configuration()
            configuration.jwtSecret = Secret(SignedToken.secret)
            try await running.server.reload(configuration)
            let other = try await running.client()
            try await other.subscribe(token: token)
            #expect(try await other.next() == Viewer.unauthorized)
            _ = try await running.line(with: "Statistics denied.", other.id, "it was revoked")
            try await other.subscribe(token: SignedToken.lasting(61))
            #expect(try await other.next().contains(#""type":"stats""#))
        }
    }

    @Test func `a stream is authorized by what the POST carries, and cut like any other`() async throws {
        try await RunningServer.run {
            $0.statsToken = Secret("token")
        } _: { running in
            let stream = try await EventStream(port: running.port)
            let handle = try await stream.handle
            for (header, answer) in [("", "stats-unauthorized"), ("Authorization: Bearer token\r\n", "stats")] {
                let body = #"{"connectionId":"\#(handle)"}"#
                let posted = try await HTTPAnswer.to(
                    "POST /__skew/subscribe-stats HTTP/1.1\r\nHost: 127.0.0.1\r\n\(header)Content-Type: application/json\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)", port: running.port)
                #expect(posted?.body == #"{"ok":true}"#)
                _ = try await stream.message { $0.type == answer }
            }
            #expect(await running.server.revoke(connectionID: String(handle.prefix { $0 != "." })))
            _ = try await stream.message { $0.type == "stats-unauthorized" }
        }
    }

    @Test func `new secrets end what the old ones authorized`() async throws {
        try await RunningServer.run {
            $0.statsToken = Secret("old")
            $0.jwtSecret = Secret(SignedToken.secret)
        } _: { running in
            let (byToken, byJWT, kept) = (try await running.client(), try await running.client(), try await running.client())
            try await byToken.subscribe(token: "old", mode: "summary")
            try await byJWT.subscribe(token: SignedToken.lasting(60), mode: "summary")
            try await kept.subscribe(token: SignedToken.lasting(60, secret: "another one"), mode: "summary")
            _ = try await byToken.next()
            _ = try await byJWT.next()
            #expect(try await kept.next() == Viewer.unauthorized)
            var configuration = Configuration()
            configuration.statsToken = Secret("new")
            configuration.jwtSecret = Secret("another one")
            try await running.server.reload(configuration)
            _ = try await byToken.untilUnauthorized()
            _ = try await byJWT.untilUnauthorized()
            try await kept.subscribe(token: SignedToken.lasting(60, secret: "another one"), mode: "summary")
            #expect(try await kept.next().contains(#""type":"stats""#))
            try await running.server.reload(configuration)
            try await kept.socket.send("ping")
            #expect(try await kept.next() == #"{"type":"pong"}"#)
            try await byToken.subscribe(token: "old")
            #expect(try await byToken.next() == Viewer.unauthorized)
            try await byToken.subscribe(token: "new")
            #expect(try await byToken.next().contains(#""type":"stats""#))
        }
    }

    @Test func `who guesses tokens is denied unseen after a while`() async throws {
        try await RunningServer.run {
            $0.statsToken = Secret("token")
            $0.maxMessagesPerSecond = 1000
        } _: { running in
            let viewer = try await running.client()
            for number in 0..<GuessLimiter.burst {
                try await viewer.subscribe(token: "guess\(number)")
                #expect(try await viewer.next() == Viewer.unauthorized)
            }
            // The limit lets one more pass every 200 ms, so that a slow machine has to guess once more.
            let isHeldBack = try await Patience.sees(inOneOf: 50) { number in
                try await viewer.subscribe(token: "guess\(number)")
                #expect(try await viewer.next() == Viewer.unauthorized)
                try await viewer.subscribe(token: "token")
                return try await viewer.next() == Viewer.unauthorized
            }
            #expect(isHeldBack)
            #expect(running.lines.all.allSatisfy { !$0.contains(/guess[0-9]/) })
        }
    }
}
