/// Reads what one subscriber is told and finds what cannot be true: a gap, a row opened twice, a count that its own rows deny.
/// A value: no socket, no clock. One delta costs what it changed, a snapshot what it lists.
struct StatisticsChecker {
    typealias Row = ServerMessage.Row

    /// The key under which a server counts what is beyond its limits: rows cannot confirm it.
    static let others = "(other)"

    /// How many rows the server lists at most: its `--max-listed-connections`. With more connections rows are not held against counts, from then
    /// until the next whole list, because a delta does not tell which rows it leaves out.
    let mostListed: Int
    /// Whether what is told is of one node alone. Of several the counts and the rows of the others come each in their own time, so they are held
    /// against each other only when all is at rest.
    let isOfOneNode: Bool
    /// How many messages said that numbers may not be whole.
    private(set) var partials = 0
    /// Why the last message said so.
    private(set) var doubts: [String] = []
    /// Number of the newest message, `nil` before the first.
    private(set) var seq: Int?
    private(set) var total = 0
    private(set) var versions: [String: Int] = [:]
    private(set) var routes: [String: Int] = [:]
    /// The rows by their id; without meaning unless `listsAll`.
    private(set) var rows: [String: Row] = [:]
    /// Whether every connection is among the rows: not in summaries, not in cut lists.
    private(set) var listsAll = false
    private(set) var ownID: String?
    /// Openings and closings that the first delta after a list told although the list had them already. A client that takes deltas as absolute
    /// values loses nothing by them, so they are counted apart from what cannot be true.
    private(set) var repeats = 0
    /// Rows that were closed and never told to be open: they came and went between two deltas.
    private(set) var flashes = 0
    /// Rows that were closed since the last list.
    private var gone: Set<String> = []
    private var followsList = false

    private var countedVersions: [String: Int] = [:]
    private var countedRoutes: [String: Int] = [:]

    init(mostListed: Int, isOfOneNode: Bool = true) {
        (self.mostListed, self.isOfOneNode) = (mostListed, isOfOneNode)
    }

    /// Takes a `stats` message, which replaces all that was known.
    mutating func takeSnapshot(_ message: ServerMessage) -> [Violation] {
        var violations: [Violation] = []
        if let seq, let new = message.seq, new < seq { violations.append(.backwards(from: seq, to: new)) }
        followsList = true
        takeDoubts(message)
        seq = message.seq ?? seq
        total = message.total ?? -1
        versions = (message.versions ?? [:]).compactMapValues(\.self)
        routes = (message.routes ?? [:]).compactMapValues(\.self)
        ownID = message.yourId ?? ownID
        violations += takeRows(message)
        if message.total == nil { violations.append(.missing("total")) }
        violations += compareSums()
        if listsAll, isOfOneNode { violations += compareAllCounts() }
        return violations
    }

    private mutating func takeDoubts(_ message: ServerMessage) {
        doubts = message.partial ?? []
        if !doubts.isEmpty { partials += 1 }
    }

    /// Takes a `stats-delta`, which continues what is known.
    mutating func takeDelta(_ message: ServerMessage) -> [Violation] {
        guard let known = seq else { return [.deltaWithoutSnapshot] }
        var violations: [Violation] = []
        guard let new = message.seq else { return [.missing("seq")] }
        defer { followsList = false }
        if new != known + 1 { violations.append(.gap(expected: known + 1, got: new)) }
        seq = new
        takeDoubts(message)
        total = message.total ?? total
        Self.apply(message.versions ?? [:], to: &versions)
        Self.apply(message.routes ?? [:], to: &routes)
        if total > mostListed { listsAll = false }
        if listsAll { violations += applyRows(message) }
        violations += compareSums()
        return violations
    }

    /// What is known against what is so, once the server has had the time to tell it.
    func compare(with truth: Truth) -> [Violation] {
        var violations: [Violation] = doubts.isEmpty ? [] : [.partial(doubts.joined(separator: ", "))]
        if total != truth.rows.count { violations.append(.total(told: total, so: truth.rows.count)) }
        violations += Self.compare(versions, truth.versions, { .version($0, told: $1, so: $2) })
        if !routes.isEmpty { violations += Self.compare(routes, truth.routes, { .route($0, told: $1, so: $2) }) }
        guard listsAll, truth.knowsRows else { return violations }
        for (id, row) in truth.rows {
            guard let told = rows[id] else {
                violations.append(.absent(id))
                continue
            }
            if told.version != row.version || (!routes.isEmpty && told.route != row.route) { violations.append(.differs(id)) }
        }
        for id in rows.keys where truth.rows[id] == nil { violations.append(.stranger(id)) }
        return violations
    }

    /// What was gathered from deltas against a snapshot of the same moment.
    func compare(withSnapshot other: StatisticsChecker) -> [Violation] {
        var violations: [Violation] = []
        if total != other.total { violations.append(.total(told: total, so: other.total)) }
        violations += Self.compare(versions, other.versions, { .version($0, told: $1, so: $2) })
        violations += Self.compare(routes, other.routes, { .route($0, told: $1, so: $2) })
        guard listsAll, other.listsAll else { return violations }
        for (id, row) in other.rows where rows[id] != row { violations.append(rows[id] == nil ? .absent(id) : .differs(id)) }
        for id in rows.keys where other.rows[id] == nil { violations.append(.stranger(id)) }
        return violations
    }

    private mutating func takeRows(_ message: ServerMessage) -> [Violation] {
        rows.removeAll(keepingCapacity: true)
        gone.removeAll()
        countedVersions = [:]
        countedRoutes = [:]
        let listed = message.connections ?? []
        listsAll = message.connections != nil && (message.truncated ?? 0) == 0 && (!listed.isEmpty || total == 0)
        var violations: [Violation] = []
        for row in listed {
            if rows.updateValue(row, forKey: row.id) != nil { violations.append(.listedTwice(row.id)) }
            count(row, 1)
        }
        if isOfOneNode, !listed.isEmpty, listed.count + (message.truncated ?? 0) != total {
            violations.append(.total(told: total, so: listed.count + (message.truncated ?? 0)))
        }
        return violations
    }

    private mutating func applyRows(_ message: ServerMessage) -> [Violation] {
        var violations: [Violation] = []
        var touched: [Row] = []
        for id in message.closed ?? [] {
            guard let row = rows.removeValue(forKey: id) else {
                if followsList {
                    repeats += 1
                } else if gone.contains(id) {
                    violations.append(.closedUnknown(id))
                } else {
                    flashes += 1
                }
                continue
            }
            gone.insert(id)
            count(row, -1)
            touched.append(row)
        }
        for row in message.changed ?? [] {
            guard let before = rows.updateValue(row, forKey: row.id) else {
                violations.append(.changedUnknown(row.id))
                count(row, 1)
                continue
            }
            count(before, -1)
            count(row, 1)
            touched += [before, row]
        }
        for row in message.opened ?? [] {
            if let before = rows.updateValue(row, forKey: row.id) {
                if followsList { repeats += 1 } else { violations.append(.openedTwice(row.id)) }
                count(before, -1)
            }
            count(row, 1)
            touched.append(row)
        }
        guard isOfOneNode else { return violations }
        if total != rows.count { violations.append(.total(told: total, so: rows.count)) }
        if versions[Self.others] == nil {
            let keys = Set(touched.map(\.version)).union((message.versions ?? [:]).keys)
            for key in keys where versions[key] != countedVersions[key] {
                violations.append(.version(key, told: versions[key] ?? 0, so: countedVersions[key] ?? 0))
            }
        }
        if !routes.isEmpty, routes[Self.others] == nil {
            let keys = Set(touched.map(\.route)).union((message.routes ?? [:]).keys)
            for key in keys where routes[key] != countedRoutes[key] {
                violations.append(.route(key, told: routes[key] ?? 0, so: countedRoutes[key] ?? 0))
            }
        }
        return violations
    }

    private mutating func count(_ row: Row, _ by: Int) {
        let version = countedVersions[row.version, default: 0] + by
        countedVersions[row.version] = version == 0 ? nil : version
        let route = countedRoutes[row.route, default: 0] + by
        countedRoutes[row.route] = route == 0 ? nil : route
    }

    private func compareSums() -> [Violation] {
        var violations: [Violation] = []
        let versionSum = versions.values.reduce(0, +)
        if !versions.isEmpty || total == 0, versionSum != total { violations.append(.sum(of: "versions", told: versionSum, total: total)) }
        let routeSum = routes.values.reduce(0, +)
        if isOfOneNode, !routes.isEmpty, routeSum != total { violations.append(.sum(of: "routes", told: routeSum, total: total)) }
        return violations
    }

    private func compareAllCounts() -> [Violation] {
        var violations: [Violation] = []
        if versions[Self.others] == nil { violations += Self.compare(versions, countedVersions, { .version($0, told: $1, so: $2) }) }
        if !routes.isEmpty, routes[Self.others] == nil {
            violations += Self.compare(routes, countedRoutes, { .route($0, told: $1, so: $2) })
        }
        return violations
    }

    private static func apply(_ changes: [String: Int?], to counts: inout [String: Int]) {
        for (key, count) in changes { counts[key] = count }
    }

    private static func compare(_ told: [String: Int], _ so: [String: Int], _ violation: (String, Int, Int) -> Violation) -> [Violation] {
        Set(told.keys).union(so.keys).sorted().filter { told[$0] != so[$0] }.map { violation($0, told[$0] ?? 0, so[$0] ?? 0) }
    }
}
