import HTTPCall
import Synchronization
import TestServer
import TestSockets
import Testing
import WebSocketLoop

@testable import SkewWatch

/// With a tracker alone: what its values hold of a connection is gone with it. What stayed would be the next one's at its place.
@Suite(.timeLimit(.minutes(1))) struct ForgettingTests {
    @Test func `nothing is left of connections that are gone`() async throws {
        var configuration = Configuration()
        configuration.statsToken = Secret(RunningServer.token)
        configuration.trustedProxies = [try #require(AddressRange("127.0.0.1"))]
        var hooks = ServerHooks()
        hooks.authorizeStats = { _ in }
        let audit = AuditLog(logger: LogLines().logger)
        let authorizers = Authorizers(configuration, hooks: hooks, caller: HTTPCaller(), audit: audit, calls: AppCalls())
        let shared = SharedState(release: nil, addresses: AddressBudget(.init()))
        // The desk does not run: what only the hook could decide is undecided when its connection goes.
        let tracker = ConnectionTracker(
            index: 0, on: try LoopThread(),
            settings: TrackerSettings(configuration, loops: 1, live: LiveSettings(configuration, hooks: hooks), hooks: hooks),
            shared: shared, desk: AuthorizationDesk(authorizers, audit: audit), logger: LogLines().logger)
        let sockets = try ListeningSockets.open(host: "127.0.0.1", port: 0, count: 1)
        try await tracker.start(on: [sockets], budget: ConnectionBudget(limit: 100))
        #expect(await tracker.held == [:])

        var clients: [WebSocketClient] = []
        for number in 0..<12 {
            let client = try await WebSocketClient(
                port: sockets.port, path: "/__skew/ws?v=a&t=a-tab-with-number-\(number)",
                headers: ["X-Forwarded-For: 192.0.2.\(number)", "Cookie: s=\(String(repeating: "x", count: number == 0 ? 6000 : 9))"])
            _ = try await client.text()
            switch number % 3 {
            case 0: try await client.send(#"{"type":"subscribe-stats","token":"\#(RunningServer.token)"}"#)
            case 1: try await client.send(#"{"type":"subscribe-stats","token":"somebody-else's"}"#)
            default: break
            }
            clients.append(client)
        }
        let stream = try await EventStream(port: sockets.port, "?v=a&t=a-tab-that-leads", headers: ["X-Forwarded-For: 192.0.2.99"])
        let posted = #"{"connectionId":"\#(try await stream.handle)","tabs":[{"t":"a-tab-that-shares","v":"a"}]}"#
        let head = "POST /__skew/tabs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(posted.utf8.count)\r\n\r\n"
        #expect(try await HTTPAnswer.to(head + posted, port: sockets.port)?.status == 200)
        #expect(try await Patience.sees { shared.tabs.count == 14 })
        let values = ["addresses", "heads", "requests", "subscriptions", "tabs"]
        #expect(try await Patience.sees { values.allSatisfy(await tracker.held.keys.contains) }, "each holds something of them")
        for (number, client) in clients.enumerated() {
            if number % 2 == 0 { await client.hangUp() } else { try await client.sendClose(1000) }
        }
        try await stream.leave(.closes)
        #expect(try await Patience.sees { shared.openConnections.load(ordering: .relaxed) == 0 })
        let left = await tracker.held
        #expect(left == [:], "\(left)")
        #expect(shared.tabs.count == 0 && shared.inbox.kinds.isEmpty)
        await tracker.stop()
    }
}

extension ConnectionTracker {
    /// How much each of the tracker's values holds: what its dictionaries and sets have in them, and the numbers of tabs. Other lists lie by
    /// the index of a socket, and stay as long as they were.
    fileprivate var held: [String: Int] {
        let values = Mirror(reflecting: self).children.filter {
            ["addresses", "heads", "requests", "subscriptions", "tabs", "pending"].contains($0.label)
        }
        return values.reduce(into: [:]) { held, value in
            let count = Self.size(value.value)
            if count > 0 { held[value.label ?? ""] = count }
        }
    }

    private static func size(_ value: Any) -> Int {
        if let numbers = value as? [TabClaims.Number] { return numbers.count { $0 != .max } }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .dictionary, .set: return mirror.children.count
        case .struct: return mirror.children.reduce(0) { $0 + size($1.value) }
        default: return 0
        }
    }
}
