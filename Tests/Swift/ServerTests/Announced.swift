import Foundation
import TestServer
import TestSockets
import Testing

/// What tests of announcements ask of a server, whether it is alone or one of several.
enum Announced {
    static let authorization = "Authorization: Bearer \(RunningServer.adminToken)"

    static func object(_ answer: HTTPAnswer?) throws -> [String: Any] {
        let body = try #require(answer?.body)
        return try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
    }

    /// What a server says of its announcements.
    static func all(_ server: RunningServer) async throws -> [[String: Any]] {
        let state = try object(try await server.request("GET", "/__skew/admin/release", headers: [authorization]))
        return try #require(state["announcements"] as? [[String: Any]])
    }

    /// So many open tabs.
    static func tabs(_ count: Int, _ query: String, _ server: RunningServer) async throws -> [WebSocketClient] {
        var tabs: [WebSocketClient] = []
        for _ in 0..<count { tabs.append(try await server.open(query).client) }
        return tabs
    }
}
