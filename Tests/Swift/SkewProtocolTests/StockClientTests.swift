import Presence
import SkewProtocol
import Testing

/// What the stock clients of nuxt-skew-protection 1.5.1 send, and what they read of each message.
///
/// The facts are from its `src/runtime/server/routes/__skew`, `server/plugins/connection-tracking.ts`, `app/utils/create-skew-connection.ts`
/// and `app/composables/useActiveConnections.ts`.
struct StockClientTests {
    private let id = ConnectionID(randomHigh: 1, randomLow: 1)
    private let idText = "00000000-0000-4001-8000-000000000001"

    @Test
    func `what the stock WebSocket client sends is understood byte for byte`() {
        #expect(parse(#"{"type":"route-update","route":"/docs/getting-started"}"#) == .routeUpdate("/docs/getting-started"))
        #expect(parse(#"{"type":"subscribe-stats"}"#) == .subscribeStats(token: nil, mode: .snapshot))
        // The heartbeat of VueUse's useWebSocket, where somebody turned it on.
        #expect(parse("ping") == .ping)
        // What the original's own tests send.
        #expect(parse(#"{"type":"ping"}"#) == .ping)
    }

    @Test
    func `the query and cookie of the stock client tell its route and version`() {
        var identity = DeclaredIdentity()
        identity.read(query: Array("route=%2Fdocs%2Fgetting-started".utf8).span)
        identity.read(cookies: Array("i18n=en; __nkpv=b3d4c1f0-6f0e-4a7d-9a42-1a2b3c4d5e6f".utf8).span, cookieName: "__nkpv")
        #expect(identity.route == "/docs/getting-started")
        #expect(identity.version(release: "newer") == "b3d4c1f0-6f0e-4a7d-9a42-1a2b3c4d5e6f")
    }

    @Test
    func `connected has the original's fields in the original's order`() {
        #expect(
            text(.connected(version: "b3d4", id: id, secret: nil, timestampMilliseconds: 1_760_000_000_000))
                == #"{"type":"connected","version":"b3d4","connectionId":"\#(idText)","timestamp":1760000000000}"#)
    }

    @Test
    func `stats have all the fields that the composable reads, of the types it reads`() throws {
        var fleet = Fleet()
        fleet.add([
            ConnectionRow(id: id, version: "b3d4", route: "/docs", address: "203.0.113.9"),
            ConnectionRow(id: ConnectionID(randomHigh: 2, randomLow: 2), version: "b3d4", route: "/"),
        ])
        var bytes = fleet.encoded()
        StatisticsEncoder.appendTail(yourID: id, to: &bytes)
        let message = try object(bytes)
        #expect(message["type"] as? String == "stats")
        #expect(message["total"] as? Int == 2)
        #expect(message["versions"] as? [String: Int] == ["b3d4": 2])
        #expect(message["routes"] as? [String: Int] == ["/docs": 1, "/": 1])
        let rows = try #require(message["connections"] as? [[String: Any]])
        #expect(
            rows.map { $0.compactMapValues { $0 as? String } } == [
                ["id": idText, "version": "b3d4", "route": "/docs", "ip": "203.0.113.9"],
                ["id": "00000000-0000-4002-8000-000000000002", "version": "b3d4", "route": "/"],
            ])
        #expect(rows.allSatisfy { Set($0.keys).subtracting(["id", "version", "route", "ip"]) == ["since"] })
        #expect(message["yourId"] as? String == idText)
        // Ours, which the stock client does not look at. `version` and `connectionId` must never be among them: it takes both from any message.
        #expect(Set(message.keys).subtracting(["type", "total", "versions", "routes", "connections", "yourId"]) == ["seq", "timestamp"])
    }

    @Test
    func `no message but connected and version carries a version or an id that the stock client would take for its own`() throws {
        for message in [ServerMessage.pong, .statsUnauthorized, .keepalive(timestampMilliseconds: 1)] {
            let fields = try object(message.encoded)
            #expect(fields["version"] == nil && fields["connectionId"] == nil)
        }
        let announcement = try object(ServerMessage.version("v2").encoded)
        #expect(announcement["type"] as? String == "version" && announcement["connectionId"] == nil)
    }

    @Test
    func `the short messages are the original's bytes`() {
        #expect(text(.pong) == #"{"type":"pong"}"#)
        #expect(text(.statsUnauthorized) == #"{"type":"stats-unauthorized"}"#)
        #expect(text(.keepalive(timestampMilliseconds: 1_760_000_000_000)) == #"{"type":"keepalive","timestamp":1760000000000}"#)
    }
}
