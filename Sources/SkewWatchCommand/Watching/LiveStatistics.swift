internal import SkewProtocol

/// The counts that a watcher keeps: a `stats` message with the `stats-delta` messages since.
struct LiveStatistics: Equatable {
    /// What the server calls all that has no name of its own, since there are more names than it shows.
    static let otherName = "(other)"

    private(set) var total: Int
    private(set) var versions: [String: Int]
    private(set) var routes: [String: Int]
    private(set) var sequence: Int
    /// What single connections run and where they are, by their id; empty where the server lists none.
    private(set) var rows: [String: Row] = [:]
    /// Versions that are previews, as the server is set.
    private(set) var previews: [String] = []

    /// Nodes by what they are about; nil where there is one server.
    private(set) var nodes: Nodes?
    /// Why numbers of other nodes are missing; empty where the numbers are whole.
    private(set) var partial: [String] = []
    /// Tabs between two nodes, inside `total`.
    private(set) var returning = 0

    /// How many nodes there are, as the server that is asked sees them.
    struct Nodes: Equatable {
        let up: Int
        let joining: Int
        let leaving: Int
        let lost: Int

        init?(_ value: JSONValue) {
            guard let up = value["up"]?.count else { return nil }
            self.up = up
            (joining, leaving, lost) = (value["joining"]?.count ?? 0, value["leaving"]?.count ?? 0, value["lost"]?.count ?? 0)
        }
    }

    /// One connection, as far as it matters here.
    struct Row: Equatable {
        let version: String
        let route: String

        init?(_ value: JSONValue) {
            guard let version = value["version"]?.text, let route = value["route"]?.text else { return nil }
            (self.version, self.route) = (version, route)
        }
    }

    /// From a `stats` message; nil when it is none.
    init?(_ message: JSONValue) {
        guard let total = message["total"]?.count, let sequence = message["seq"]?.count else { return nil }
        (self.total, self.sequence, versions, routes) = (total, sequence, [:], [:])
        guard Self.apply(message["versions"], to: &versions), Self.apply(message["routes"], to: &routes) else { return nil }
        put(message["connections"])
        putDoubts(message)
        if case .array(let patterns) = message["previews"] { previews = patterns.compactMap(\.text) }
    }

    /// Takes a `stats-delta` in.
    /// - Returns: false when it does not follow on what is here. Everything must be asked for again then.
    mutating func apply(_ delta: JSONValue) -> Bool {
        guard delta["seq"]?.count == sequence + 1, let total = delta["total"]?.count else { return false }
        guard Self.apply(delta["versions"], to: &versions), Self.apply(delta["routes"], to: &routes) else { return false }
        self.total = total
        sequence += 1
        put(delta["opened"])
        put(delta["changed"])
        putDoubts(delta)
        if case .array(let closed) = delta["closed"] { for id in closed.compactMap(\.text) { rows[id] = nil } }
        return true
    }

    /// A delta that says nothing of it leaves what was said before.
    private mutating func putDoubts(_ message: JSONValue) {
        if case .array(let reasons) = message["partial"] { partial = reasons.map { $0.text ?? "unknown" } }
        if let count = message["returning"]?.count { returning = count }
        if let told = message["nodes"].flatMap({ Nodes($0) }) { nodes = told }
    }

    private mutating func put(_ list: JSONValue?) {
        guard case .array(let list) = list else { return }
        for value in list {
            guard let id = value["id"]?.text, let row = Row(value) else { continue }
            rows[id] = row
        }
    }

    /// How many tabs of versions that `isOld` judges are on each route.
    func routes(where isOld: (String) -> Bool) -> [String: Int] {
        rows.values.reduce(into: [:]) { if isOld($1.version) { $0[$1.route, default: 0] += 1 } }
    }

    /// Puts new counts in the place of old ones. A null takes the key away.
    private static func apply(_ change: JSONValue?, to counts: inout [String: Int]) -> Bool {
        guard let change else { return true }
        guard case .object(let members) = change else { return false }
        for (key, value) in members {
            if value == .null {
                counts[key] = nil
            } else {
                guard let count = value.count else { return false }
                counts[key] = count
            }
        }
        return true
    }
}

extension JSONValue {
    /// A whole number that is not negative; nil for anything else.
    fileprivate var count: Int? {
        guard case .number(let number) = self, let whole = Int(exactly: number), whole >= 0 else { return nil }
        return whole
    }
}
