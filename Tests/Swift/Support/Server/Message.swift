import Foundation
import TestSockets

/// A message of the server, read by somebody else's parser.
package struct Message: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        package var version: String
        package var route: String
        package var ip: String?
        /// Milliseconds since 1970, as `moved`. Two rows that differ in them alone are equal.
        package var since: Int?
        package var tag: String?
        package var moved: Int?

        package init(version: String, route: String, ip: String? = nil) { (self.version, self.route, self.ip) = (version, route, ip) }

        package static func == (left: Row, right: Row) -> Bool {
            (left.version, left.route, left.ip) == (right.version, right.route, right.ip)
        }
    }

    package var type: String
    package var version: String?
    package var connectionID: String?
    package var yourID: String?
    package var sequence: Int?
    package var total: Int?
    package var truncated: Int?
    /// Nil for a key means that it is gone; only a delta has such.
    package var versions: [String: Int?]
    package var routes: [String: Int?]
    /// The rows of `connections`, or those that a delta opened or changed.
    package var rows: [String: Row]
    package var hasRows: Bool
    package var closed: [String]
    /// The ids of the rows as they came.
    package var order: [String] = []
    /// What the subscriber may see, and what is tracked; only in the first `stats`.
    package var scope: String?
    package var tracking: [String: Bool]?
    /// Nodes by state, where there are several.
    package var nodes: [String: Int]?
    /// Why the numbers may not be whole.
    package var partial: [String]
    package var returning: Int

    package init(_ text: String) throws {
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
        scope = object["scope"] as? String
        tracking = object["tracking"] as? [String: Bool]
        hasRows = object["connections"] != nil
        nodes = object["nodes"] as? [String: Int]
        partial = object["partial"] as? [String] ?? []
        returning = object["returning"] as? Int ?? 0
        rows = [:]
        for part in ["connections", "opened", "changed"] {
            for row in object[part] as? [[String: Any]] ?? [] {
                guard let id = row["id"] as? String, let version = row["version"] as? String, let route = row["route"] as? String else {
                    throw SocketFault.malformed(text)
                }
                rows[id] = Row(version: version, route: route, ip: row["ip"] as? String)
                rows[id]?.since = row["since"] as? Int
                rows[id]?.tag = row["tag"] as? String
                rows[id]?.moved = row["moved"] as? Int
                order.append(id)
            }
        }
    }

    /// The state after a delta.
    package mutating func apply(_ delta: Message) {
        total = delta.total ?? total
        sequence = delta.sequence
        for (key, count) in delta.versions { versions[key] = count == nil ? .none : .some(count) }
        for (key, count) in delta.routes { routes[key] = count == nil ? .none : .some(count) }
        for id in delta.closed { rows[id] = nil }
        rows.merge(delta.rows) { _, new in new }
    }
}
