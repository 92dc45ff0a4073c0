import Cryptography
import Glibc
import Logging
import Presence
import SkewProtocol
import Synchronization
import TestServer
import TestSockets
import Testing

@testable import SkewWatch

// One server at a time: libwebsockets 4.1.6 closes a descriptor twice when a context ends, which may be another server's by then.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct AuthorizationServerTests {
    // MARK: Asking an app

    @Test func `an app's yes shows what its scope covers and nothing else`() async throws {
        let app = TinyApp { .status(200, #"{"scope":"\#($0.headers["cookie"] ?? "")"}"#) }
        defer { app.stop() }
        try await RunningServer.run {
            $0.authorizeURL = app.url
            $0.routeTracking = true
            $0.ipTracking = true
        } _: { running in
            for (scope, routes, rows, addresses) in [
                ("counts", false, false, false), ("routes", true, false, false), ("connections", true, true, false),
                ("ips", true, true, true),
            ] {
                for mode in ["snapshot", "delta"] {
                    let viewer = try await running.client("Cookie: \(scope)")
                    try await viewer.subscribe(mode: mode)
                    let stats = try await viewer.next()
                    #expect(stats.contains(#""total":"#))
                    #expect(stats.contains(#""connections":[{"#) == rows, "\(scope) \(mode)")
                    #expect(stats.contains(#""routes":{"/""#) == routes, "\(scope) \(mode)")
                    #expect(stats.contains("127.0.0.1") == addresses, "\(scope) \(mode)")
                    let other = try await running.client()
                    let news = try await viewer.next()
                    #expect(news.contains(other.id) == rows, "\(scope) \(mode)")
                    #expect(news.contains("127.0.0.1") == addresses, "\(scope) \(mode)")
                    #expect(news.contains("route") == routes, "\(scope) \(mode)")
                }
            }
        }
    }

    @Test func `what is no yes denies, and shows no number`() async throws {
        let replies: [TinyApp.Reply] = [
            .status(401), .status(403), .status(500), .status(302, headers: "Location: http://127.0.0.1:1/\r\n"),
            .status(200, String(repeating: "x", count: 200_000)), .status(200, "{{{{"), .status(200, "<html>", type: "text/html"), .hangUp,
            .bytes("hello\r\n\r\n"),
        ]
        let app = TinyApp { replies[Int($0.headers["cookie"]?.dropFirst("session=".count) ?? "") ?? 0] }
        defer { app.stop() }
        try await RunningServer.run {
            $0.authorizeURL = app.url
            $0.statsToken = Secret("token")
        } _: { running in
            for number in replies.indices {
                let (viewer, other) = (try await running.client("Cookie: session=\(number)"), try await running.client())
                try await viewer.subscribe()
                #expect(try await viewer.next() == Viewer.unauthorized, "reply \(number)")
                await other.socket.hangUp()
                #expect(await !viewer.socket.hears(within: 20), "reply \(number)")
                let line = try await running.line(with: "Statistics denied.", viewer.id)
                #expect(!line.contains("session"))
            }
        }
    }

    @Test func `an app that does not answer is given up after two seconds, and nothing else waits for it`() async throws {
        let app = TinyApp { _ in .silence }
        defer { app.stop() }
        try await RunningServer.run {
            $0.authorizeURL = app.url
            $0.jwtSecret = Secret(Self.secret)
        } _: { running in
            var waiting: [Viewer] = []
            for number in 0..<70 {
                let viewer = try await running.client("Cookie: session=\(number)")
                try await viewer.subscribe()
                waiting.append(viewer)
            }
            let holder = try await running.client()
            try await holder.subscribe(token: Self.token(lasting: 60))
            #expect(try await holder.next().contains(#""type":"stats""#))
            let start = ContinuousClock.now
            try await waiting[0].socket.send("ping")
            #expect(try await waiting[0].next() == #"{"type":"pong"}"#)
            #expect(ContinuousClock.now - start < .seconds(1))
            #expect(try await waiting[0].next() == Viewer.unauthorized)
            #expect(app.requests.count <= 70)
            _ = try await running.line(with: "it did not answer in time")
        }
    }

    @Test func `an app that is not there denies`() async throws {
        let app = TinyApp { _ in .hangUp }
        app.stop()
        try await RunningServer.run {
            $0.authorizeURL = app.url
        } _: { running in
            let viewer = try await running.client()
            try await viewer.subscribe()
            #expect(try await viewer.next() == Viewer.unauthorized)
            _ = try await running.line(with: "warning", "no connection can be made")
        }
    }

    @Test func `a flood of subscriptions is a few questions`() async throws {
        let app = TinyApp { _ in .status(403) }
        defer { app.stop() }
        try await RunningServer.run {
            $0.authorizeURL = app.url
        } _: { running in
            let viewer = try await running.client("Cookie: session=1")
            for number in 0..<30 { try await viewer.subscribe(token: "guess\(number)") }
            #expect(try await viewer.next() == Viewer.unauthorized)
            #expect(app.requests.count < 10)
        }
    }

    @Test func `a yes is asked for again before it ends, and the viewer notices only a no`() async throws {
        let isIn = Atomic<Bool>(true)
        let app = TinyApp { _ in isIn.load(ordering: .relaxed) ? .status(200, #"{"ttl":1}"#) : .status(401) }
        defer { app.stop() }
        try await RunningServer.run {
            $0.authorizeURL = app.url
        } _: { running in
            let viewer = try await running.client("Cookie: session=1")
            try await viewer.subscribe()
            #expect(try await viewer.next().contains(#""type":"stats""#))
            while app.requests.count < 4 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(await !viewer.socket.hears(within: 0))
            isIn.store(false, ordering: .relaxed)
            #expect(try await viewer.next() == Viewer.unauthorized)
            _ = try await running.client()
            #expect(await !viewer.socket.hears(within: 50))
            _ = try await running.line(with: "Statistics withdrawn.", viewer.id)
            #expect(running.lines.all.filter { $0.contains("Statistics granted.") }.count == 1)
        }
    }

    @Test func `an app that fails for a moment cuts no viewer`() async throws {
        let count = Atomic<Int>(0)
        let app = TinyApp { _ in
            switch count.add(1, ordering: .relaxed).newValue {
            case 2: .status(502)
            case 4...: .status(403)
            default: .status(200, #"{"ttl":4}"#)
            }
        }
        defer { app.stop() }
        try await RunningServer.run {
            $0.authorizeURL = app.url
        } _: { running in
            let viewer = try await running.client("Cookie: session=1")
            try await viewer.subscribe()
            #expect(try await viewer.next().contains(#""type":"stats""#))
            while app.requests.count < 3 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(await !viewer.socket.hears(within: 100))
        }
    }

    @Test func `a verdict that comes after the client has changed its mind is void`() async throws {
        let gate = Latch()
        var hooks = ServerHooks()
        hooks.authorizeStats = { request in
            await gate.wait()
            request.authorize(scope: .counts)
        }
        try await RunningServer.run(hooks: hooks) { _ in
        } _: { running in
            let viewer = try await running.client()
            try await viewer.subscribe()
            try await viewer.socket.send(#"{"type":"unsubscribe-stats"}"#)
            try await viewer.socket.send("ping")
            #expect(try await viewer.next() == #"{"type":"pong"}"#)
            gate.open()
            #expect(await !viewer.socket.hears(within: 50))
            try await viewer.subscribe()
            #expect(try await viewer.next().contains(#""type":"stats""#))
        }
    }

    @Test func `a hook's grant has a scope and an end`() async throws {
        let count = Atomic<Int>(0)
        var hooks = ServerHooks()
        hooks.authorizeStats = { request in
            if count.add(1, ordering: .relaxed).newValue == 1 { request.authorize(scope: .counts, ttl: .milliseconds(200)) }
        }
        try await RunningServer.run(hooks: hooks) { _ in
        } _: { running in
            let viewer = try await running.client()
            try await viewer.subscribe()
            let messages = try await viewer.untilUnauthorized()
            #expect(messages.count == 2 && !messages[0].contains("connections"))
        }
    }

    // MARK: Tokens

    private static let secret = "thirty-two bytes of a test's own secret"

    /// A token that this test signs by itself.
    private static func token(lasting seconds: Double, secret: String = secret, more: String = "") -> String {
        let expiry = Double(MonotonicTime.wallClockMilliseconds) / 1000 + seconds
        let parts = [#"{"alg":"HS256"}"#, #"{"sub":"ada","exp":\#(expiry)\#(more)}"#].map { Base64URL.encode(Array($0.utf8)) }
        let message = parts.joined(separator: ".")
        let code = AuthenticationCode(secret: Array(secret.utf8)).code(of: Array(message.utf8), hash: .sha256) ?? []
        return message + "." + Base64URL.encode(code)
    }

    @Test func `a token lets in from the message, the header and the cookie`() async throws {
        try await RunningServer.run {
            $0.jwtSecret = Secret(Self.secret)
            $0.jwtCookie = "session"
            $0.jwtRequire = [RequiredClaim(name: "role", value: "admin")]
        } _: { running in
            let token = Self.token(lasting: 60, more: #","role":["admin"]"#)
            for (headers, inMessage) in [([], token), (["Authorization: Bearer \(token)"], nil), (["Cookie: a=b; session=\(token)"], nil)]
                as [([String], String?)]
            {
                let viewer = headers.isEmpty ? try await running.client() : try await running.client(headers[0])
                try await viewer.subscribe(token: inMessage)
                #expect(try await viewer.next().contains(#""type":"stats""#))
                let line = try await running.line(with: "Statistics granted.", viewer.id, "authorizer=jwt", "scope=ips", "who=ada")
                #expect(!line.contains(token.suffix(20)))
            }
            let viewer = try await running.client("Authorization: Bearer \(Self.token(lasting: 60))")
            try await viewer.subscribe()
            #expect(try await viewer.next() == Viewer.unauthorized)
            _ = try await running.line(with: "Statistics denied.", viewer.id, "it lacks a required claim")
        }
    }

    @Test func `a token that expires while its bearer watches ends that`() async throws {
        try await RunningServer.run {
            $0.jwtSecret = Secret(Self.secret)
        } _: { running in
            let viewer = try await running.client()
            try await viewer.subscribe(token: Self.token(lasting: 0.4), mode: "delta")
            #expect(try await viewer.untilUnauthorized().count >= 2)
            _ = try await running.client()
            #expect(await !viewer.socket.hears(within: 50))
            _ = try await running.line(with: "Statistics expired.", viewer.id, "who=ada")
        }
    }

    // MARK: Ending

    @Test func `revoking cuts a thousand viewers within a second`() async throws {
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
            let start = ContinuousClock.now
            await running.server.revokeAll()
            #expect(ContinuousClock.now - start < .seconds(1))
            for viewer in viewers.dropFirst() { _ = try await viewer.untilUnauthorized() }
            #expect(ContinuousClock.now - start < .seconds(1))
            #expect(await !viewers[0].socket.hears(within: 20))
        }
    }

    @Test func `a revoked token lets nobody in again, and another one does`() async throws {
        try await RunningServer.run {
            $0.jwtSecret = Secret(Self.secret)
        } _: { running in
            let (viewer, token) = (try await running.client(), Self.token(lasting: 60))
            try await viewer.subscribe(token: token, mode: "summary")
            #expect(try await viewer.next().contains(#""type":"stats""#))
            #expect(await running.server.revoke(connectionID: viewer.id))
            _ = try await viewer.untilUnauthorized()
            var configuration = Configuration()
            configuration.jwtSecret = Secret(Self.secret)
            try await running.server.reload(configuration)
            let other = try await running.client()
            try await other.subscribe(token: token)
            #expect(try await other.next() == Viewer.unauthorized)
            _ = try await running.line(with: "Statistics denied.", other.id, "it was revoked")
            try await other.subscribe(token: Self.token(lasting: 61))
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
            $0.jwtSecret = Secret(Self.secret)
        } _: { running in
            let (byToken, byJWT, kept) = (try await running.client(), try await running.client(), try await running.client())
            try await byToken.subscribe(token: "old", mode: "summary")
            try await byJWT.subscribe(token: Self.token(lasting: 60), mode: "summary")
            try await kept.subscribe(token: Self.token(lasting: 60, secret: "another one"), mode: "summary")
            _ = try await byToken.next()
            _ = try await byJWT.next()
            #expect(try await kept.next() == Viewer.unauthorized)
            var configuration = Configuration()
            configuration.statsToken = Secret("new")
            configuration.jwtSecret = Secret("another one")
            try await running.server.reload(configuration)
            _ = try await byToken.untilUnauthorized()
            _ = try await byJWT.untilUnauthorized()
            try await kept.subscribe(token: Self.token(lasting: 60, secret: "another one"), mode: "summary")
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
            for number in 0...GuessLimiter.burst { try await viewer.subscribe(token: "guess\(number)") }
            try await viewer.subscribe(token: "token")
            for _ in 0..<GuessLimiter.burst + 2 { #expect(try await viewer.next() == Viewer.unauthorized) }
            #expect(running.lines.all.allSatisfy { !$0.contains(/guess[0-9]/) })
        }
    }

    // MARK: Origins

    @Test func `a page of a foreign origin is refused before it is let in`() async throws {
        try await RunningServer.run {
            $0.allowedOrigins = ["https://*.example.com"]
        } _: { running in
            for origin in ["https://evil.example", "null", "https://example.com.evil.example", "http://a.example.com"] {
                let answer = try await HTTPAnswer.to(
                    String(
                        decoding: WebSocketClient.handshake(path: "/__skew/ws", headers: ["Origin: \(origin)"]), as: UTF8.self),
                    port: running.port)
                #expect(answer?.status == 403, "\(origin)")
            }
            for headers in [["Origin: https://a.example.com"], ["Origin: http://127.0.0.1"], []] {
                _ = try await WebSocketClient(port: running.port, path: "/__skew/ws", headers: headers)
            }
        }
    }

    @Test(arguments: ["/route", "/subscribe-stats"])
    func `a page of a foreign origin can post nothing`(path: String) async throws {
        try await RunningServer.run {
            $0.statsToken = Secret("token")
        } _: { running in
            for (origin, type, status) in [
                ("https://evil.example", "application/json", 403), ("null", "text/plain", 403),
                ("http://127.0.0.1", "text/plain", 415), ("http://127.0.0.1", "application/json", 200),
            ] {
                let body = #"{"connectionId":"x","route":"/"}"#
                let answer = try await HTTPAnswer.to(
                    "POST /__skew\(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: \(origin)\r\nContent-Type: \(type)\r\n"
                        + "Cookie: session=admin\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", port: running.port)
                #expect(answer?.status == status, "\(origin) \(type)")
            }
        }
    }

    @Test func `the host that the browser saw is a trusted proxy's word`() async throws {
        let headers = ["Origin: https://app.example.com", "X-Forwarded-Host: app.example.com", "X-Forwarded-Proto: https"]
        try await RunningServer.run {
            $0.trustedProxies = [AddressRange("127.0.0.0/8")!]
        } _: { running in
            for (origin, said, isLetIn) in [
                ("https", "X-Forwarded-Proto: https", true), ("https", "X-Forwarded-Proto: wss", true),
                ("https", "X-Forwarded-Proto: http", true), ("http", "X-Forwarded-Proto: ws", true),
                ("http", "X-Forwarded-Proto: WSS", false), ("http", "X-Forwarded-Proto: http, https", false),
                ("http", "Forwarded: for=192.0.2.1;proto=https", false), ("https", "Forwarded: for=192.0.2.1;proto=https", true),
            ] {
                let headers = ["Origin: \(origin)://app.example.com", "X-Forwarded-Host: app.example.com", said]
                let client = try? await WebSocketClient(port: running.port, path: "/__skew/ws", headers: headers)
                #expect((client != nil) == isLetIn, "\(headers)")
            }
        }
        try await RunningServer.run { _ in
        } _: { running in
            await #expect(throws: RefusedHandshake.self) {
                _ = try await WebSocketClient(port: running.port, path: "/__skew/ws", headers: headers)
            }
        }
    }
}
