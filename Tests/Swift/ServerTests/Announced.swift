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

    /// What a server says was done, each as one line: its kind, version, and what is known besides.
    static func acts(_ server: RunningServer, token: String = RunningServer.adminToken, span: String = "") async throws -> [String] {
        let history = try object(
            try await server.request("GET", "/__skew/admin/history" + span, headers: ["Authorization: Bearer \(token)"]))
        let acts = history["acts"] as? [[String: Any]] ?? []
        return acts.map { act in
            ["kind", "version", "by", "told", "matching", "rate", "target"]
                .compactMap { name in act[name].flatMap { $0 is NSNull ? nil : "\(name == "kind" ? "" : name + " ")\($0)" } }
                .joined(separator: ", ")
        }
    }

    /// The releases that a server says were out.
    static func releases(_ server: RunningServer) async throws -> [[String: Any]] {
        let history = try object(try await server.request("GET", "/__skew/admin/history", headers: [authorization]))
        return try #require(history["releases"] as? [[String: Any]])
    }

    /// Changes an announcement.
    static func change(_ method: String, _ id: Int, of server: RunningServer, _ body: String = "") async throws -> HTTPAnswer? {
        try await server.request(
            method, "/__skew/admin/release/\(id)", headers: [authorization] + (body.isEmpty ? [] : ["Content-Type: application/json"]),
            body: body)
    }

    /// So many open tabs.
    static func tabs(_ count: Int, _ query: String, _ server: RunningServer) async throws -> [WebSocketClient] {
        var tabs: [WebSocketClient] = []
        for _ in 0..<count { tabs.append(try await server.open(query).client) }
        return tabs
    }
}
