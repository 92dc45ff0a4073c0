import Foundation
import TestSockets

/// A message of the server, read by somebody else's parser.
struct Message: Sendable, Equatable {
    struct Row: Sendable, Equatable {
        var version: String
        var route: String
        var ip: String?
    }

    var type: String
    var version: String?
    var connectionID: String?
    var yourID: String?
    var sequence: Int?
    var total: Int?
    var truncated: Int?
    /// Nil for a key means that it is gone; only a delta has such.
    var versions: [String: Int?]
    var routes: [String: Int?]
    /// The rows of `connections`, or those that a delta opened or changed.
    var rows: [String: Row]
    var hasRows: Bool
    var closed: [String]

    init(_ text: String) throws {
        guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], let type = object["type"] as? String
        else { throw SocketFault.malformed(text) }
        self.type = type
        version = object["version"] as? String
        connectionID = object["connectionId"] as? String
        yourID = object["yourId"] as? String
        sequence = object["seq"] as? Int
        total = object["total"] as? Int
        truncated = object["truncated"] as? Int
        versions = (object["versions"] as? [String: Any] ?? [:]).mapValues { $0 as? Int }
        routes = (object["routes"] as? [String: Any] ?? [:]).mapValues { $0 as? Int }
        closed = object["closed"] as? [String] ?? []
        hasRows = object["connections"] != nil
        rows = [:]
        for part in ["connections", "opened", "changed"] {
            for row in object[part] as? [[String: Any]] ?? [] {
                guard let id = row["id"] as? String, let version = row["version"] as? String, let route = row["route"] as? String else {
                    throw SocketFault.malformed(text)
                }
                rows[id] = Row(version: version, route: route, ip: row["ip"] as? String)
            }
        }
    }

    /// The state after a delta.
    mutating func apply(_ delta: Message) {
        total = delta.total ?? total
        sequence = delta.sequence
        for (key, count) in delta.versions { versions[key] = count == nil ? .none : .some(count) }
        for (key, count) in delta.routes { routes[key] = count == nil ? .none : .some(count) }
        for id in delta.closed { rows[id] = nil }
        rows.merge(delta.rows) { _, new in new }
    }
}
