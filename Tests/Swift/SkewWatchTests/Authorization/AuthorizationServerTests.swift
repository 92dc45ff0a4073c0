import Synchronization
import TestServer
import TestSockets
import Testing

@testable import SkewWatch

/// Who may watch as an app says, or a program that embeds the server.
// One server at a time: libwebsockets 4.1.6 closes a descriptor twice when a context ends, which may be another server's by then.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct AuthorizationServerTests {
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
                    var news = try await viewer.next()
                    // What comes first may tell of the round before, whose clients have hung up.
                    while rows, !news.contains(other.id) { news = try await viewer.next() }
                    #expect(news.contains(other.id) == rows, "\(scope) \(mode)")
                    #expect(news.contains("127.0.0.1") == addresses, "\(scope) \(mode)")
                    #expect(news.contains("route") == routes, "\(scope) \(mode)")
                    // Else their going and the next one's coming may be one change that is none.
                    for tab in [viewer, other] { await tab.socket.hangUp() }
                    #expect(try await Patience.sees { await running.server.statistics()?.total == 0 })
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
            $0.jwtSecret = Secret(SignedToken.secret)
        } _: { running in
            var waiting: [Viewer] = []
            for number in 0..<70 { waiting.append(try await running.client("Cookie: session=\(number)")) }
            let holder = try await running.client()
            for viewer in waiting { try await viewer.subscribe() }
            try await holder.subscribe(token: SignedToken.lasting(60))
            #expect(try await holder.next().contains(#""type":"stats""#))
            // Those that the app is not asked for yet wait longest.
            let last = try #require(waiting.last)
            try await last.socket.send("ping")
            #expect(try await last.next() == #"{"type":"pong"}"#)
            #expect(try await last.next() == Viewer.unauthorized)
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
            // In one piece: of those that come while one is being decided only the last is asked for.
            let flood = (0..<30).flatMap {
                WebSocketClient.frame(0x1, Array(#"{"type":"subscribe-stats","token":"guess\#($0)"}"#.utf8))
            }
            try await viewer.socket.sendRaw(flood)
            #expect(try await viewer.next() == Viewer.unauthorized)
            #expect(app.requests.count < 10)
        }
    }

    @Test func `a yes is asked for again before it ends, and the viewer notices only a no`() async throws {
        let isIn = Atomic<Bool>(true)
        let app = TinyApp { _ in isIn.load(ordering: .relaxed) ? .status(200, #"{"ttl":2}"#) : .status(401) }
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
            if count.add(1, ordering: .relaxed).newValue == 1 { request.authorize(scope: .counts, ttl: .seconds(1)) }
        }
        try await RunningServer.run(hooks: hooks) { _ in
        } _: { running in
            let viewer = try await running.client()
            try await viewer.subscribe()
            let messages = try await viewer.untilUnauthorized()
            #expect(messages.count == 2 && !messages[0].contains("connections"))
        }
    }
}
