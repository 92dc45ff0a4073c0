import Glibc
import SkewWatch
import TestServer
import TestSockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct StreamTests {
    /// The header that the stock client's session stands for here.
    private static let session = "Authorization: Bearer \(RunningServer.token)"

    @Test func `a stream says what proxies and browsers need, and when to come back`() async throws {
        try await RunningServer.run(.testing { $0.release = "r1" }) { server in
            let stream = try await EventStream(port: server.port, "?v=a")
            let head = await stream.head.map { $0.lowercased() }
            #expect(head.contains("content-type: text/event-stream") && head.contains("x-accel-buffering: no"))
            #expect(
                head.contains("cache-control: private, no-cache, no-store, no-transform, must-revalidate, max-age=0"), "\(head)")
            let retry = await stream.retry.split(separator: " ")
            #expect(retry.first == "retry:" && (1000...5000).contains(Int(retry.last ?? "") ?? 0))
            let hello = try Message(await stream.hello)
            #expect(hello.type == "connected" && hello.version == "r1")
            #expect(hello.connectionID?.wholeMatch(of: /[0-9a-f-]{36}\.[A-Za-z0-9_-]{22}/) != nil)
        }
    }

    @Test(arguments: [1, 2]) func `the stock client streams, subscribes and moves, whichever loop its POSTs come in on`(loops: Int)
        async throws
    {
        try await RunningServer.run(.testing { $0.loops = loops }) { server in
            let stream = try await EventStream(port: server.port, "?v=a&route=/start")
            let (handle, id) = try await (stream.handle, stream.id)
            // Each POST is a connection of its own, and the kernel deals them out: eight do not all come to the stream's loop.
            for _ in 0..<8 {
                let answer = try await server.post("/subscribe-stats", #"{"connectionId":"\#(handle)"}"#, headers: [Self.session])
                #expect(answer?.status == 200 && answer?.body == #"{"ok":true}"#)
                let stats = try await stream.message { $0.type == "stats" }
                #expect(stats.yourID == id && stats.rows[id]?.version == "a" && stats.total == 1)
            }
            for index in 0..<8 {
                let answer = try await server.post("/route", #"{"connectionId":"\#(handle)","route":"/\#(index)"}"#)
                #expect(answer?.status == 200 && answer?.body == #"{"ok":true}"#)
                let stats = try await stream.message { $0.routes == ["/\(index)": 1] }
                #expect(stats.rows[id]?.route == "/\(index)" && stats.rows.count == 1)
            }
        }
    }

    @Test func `tabs that share a stream are rows of their own, as long as the list and the stream say so`() async throws {
        let (heard, sink) = AsyncStream<String>.makeStream()
        var hooks = ServerHooks()
        hooks.connectionOpened = { sink.yield("+ \($0.version) \($0.route)") }
        hooks.connectionMoved = { sink.yield("> \($0.version) \($0.route)") }
        hooks.connectionClosed = { sink.yield("- \($0.version) \($0.route)") }
        try await RunningServer.run(.testing { $0.loops = 2 }, hooks: hooks) { server in
            let stream = try await EventStream(port: server.port, "?v=a&route=/leads")
            let handle = try await stream.handle
            let viewer = try await server.watch("snapshot", "?v=viewer")
            func post(_ tabs: String) async throws {
                let answer = try await server.post("/tabs", #"{"connectionId":"\#(handle)","tabs":[\#(tabs)]}"#)
                #expect(answer?.status == 200 && answer?.body == #"{"ok":true}"#)
            }
            let (first, second) = (String(repeating: "1", count: 16), String(repeating: "2", count: 16))
            try await post(#"{"t":"\#(first)","v":"a","route":"/one"},{"t":"\#(second)","v":"b"},{"t":"short"},7"#)
            let both = try await viewer.client.message { $0.type == "stats" && $0.total == 4 }
            #expect(both.versions == ["a": 2, "b": 1, "viewer": 1] && both.routes["/one"] == 1 && both.rows.count == 4)
            try await post(#"{"t":"\#(first)","v":"a","route":"/two"}"#)
            let one = try await viewer.client.message { $0.type == "stats" && $0.total == 3 }
            #expect(one.routes["/two"] == 1 && one.versions["b"] == nil)
            for fields in [#"{"connectionId":"x","tabs":[]}"#, #"{"connectionId":"\#(handle)","tabs":7}"#, "{}"] {
                #expect(try await server.post("/tabs", fields)?.status == 200)
            }
            try await stream.leave(.closes)
            let none = try await viewer.client.message { $0.type == "stats" && $0.total == 1 }
            #expect(none.versions == ["viewer": 1])
        }
        sink.finish()
        var told: [String] = []
        for await line in heard where !line.contains("viewer") { told.append(line) }
        #expect(told == ["+ a /leads", "+ a /one", "+ b /", "> a /two", "- b /", "- a /leads", "- a /two"])
    }

    @Test func `without a session the stream is told so, and the POST's answer is the same`() async throws {
        try await RunningServer.run { server in
            let stream = try await EventStream(port: server.port)
            let handle = try await stream.handle
            let answer = try await server.post("/subscribe-stats", #"{"connectionId":"\#(handle)"}"#)
            #expect(answer?.status == 200 && answer?.body == #"{"ok":true}"#)
            #expect(try await stream.event() == #"{"type":"stats-unauthorized"}"#)
        }
    }

    @Test func `an id that everybody sees moves and subscribes nothing, and neither does a wrong secret`() async throws {
        try await RunningServer.run { server in
            let stream = try await EventStream(port: server.port, "?v=victim")
            let other = try await EventStream(port: server.port, "?v=attacker")
            let (handle, id, foreign) = try await (stream.handle, stream.id, other.handle)
            let (watcher, socketID, _) = try await server.watch("snapshot", "?v=watcher")
            let secret = handle.dropFirst(37)
            let forged = [
                id, "\(id).", "\(id).\(foreign.dropFirst(37))", "\(id).\(String(secret.reversed()))", socketID, "\(socketID).\(secret)",
                "\(handle)A", "x", "",
            ]
            for handle in forged {
                let moved = try await server.post("/route", #"{"connectionId":"\#(handle)","route":"/stolen"}"#)
                let subscribed = try await server.post("/subscribe-stats", #"{"connectionId":"\#(handle)"}"#, headers: [Self.session])
                for answer in [moved, subscribed] { #expect(answer?.status == 200 && answer?.body == #"{"ok":true}"#, "\(handle)") }
            }
            let (marker, _) = try await server.open("?v=marker")
            let stats = try await watcher.message { $0.versions["marker"] != nil }
            #expect(stats.rows[id]?.route == "/" && stats.rows[socketID]?.route == "/" && stats.routes == ["/": 4])
            #expect(try await !stream.hears(within: 50))
            #expect(!stats.rows.keys.contains { $0.contains(".") })
            await marker.hangUp()
        }
    }

    @Test(arguments: EventStream.Departure.allCases)
    func `a peer that goes, or talks, leaves the counts at once and costs nothing more`(departure: EventStream.Departure) async throws {
        try await RunningServer.run(.testing { $0.internalPort = 0 }) { server in
            let (watcher, _, _) = try await server.watch("delta")
            let stream = try await EventStream(port: server.port, "?v=tab")
            let id = try await stream.id
            _ = try await watcher.message { $0.versions["tab"] == 1 }
            try await stream.leave(departure)
            let gone = try await watcher.message()
            #expect(gone.total == 1 && gone.closed == [id])
            let reason = [.closes, .halfCloses].contains(departure) ? "closed_by_peer" : "connection_lost"
            #expect(try await server.metric(#"connections_closed_total{transport="sse",reason="\#(reason)"}"#) == 1)
            // A loop that spins does so for good; what else this process has to do is over soon.
            let isQuiet = try await Patience.sees(inOneOf: 4) { _ in
                let before = Self.processorTime
                #expect(await !watcher.hears(within: 500))
                return Self.processorTime - before < .milliseconds(120)
            }
            #expect(isQuiet, "the loop spins")
        }
    }

    @Test func `sockets and streams are counted together and told apart in the metrics`() async throws {
        try await RunningServer.run(.testing { ($0.loops, $0.internalPort) = (2, 0) }) { server in
            var streams: [EventStream] = []
            var sockets: [WebSocketClient] = []
            for _ in 0..<20 {
                streams.append(try await EventStream(port: server.port, "?v=s"))
                sockets.append(try await server.open("?v=w").client)
            }
            sockets.append(try await server.open("?v=w").client)
            let (watcher, _, stats) = try await server.watch("summary", "?v=w")
            #expect(stats.total == 42 && stats.versions == ["s": 20, "w": 22])
            #expect(try await server.metric(#"connections{transport="sse"}"#) == 20)
            #expect(try await server.metric(#"connections{transport="websocket"}"#) == 22)
            for stream in streams { try await stream.leave(.closes) }
            try await server.awaitMetric(#"connections{transport="sse"}"#, 0)
            for socket in sockets + [watcher] { try await socket.sendClose(1000) }
            try await server.awaitMetric(#"connections{transport="websocket"}"#, 0)
        }
    }

    private static var processorTime: Duration {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
