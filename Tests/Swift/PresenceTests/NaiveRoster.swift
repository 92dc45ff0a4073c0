import Presence

/// What a roster must say, recounted from the list of open connections every time.
struct NaiveRoster {
    struct Connection {
        var slot: Slot
        var row: ConnectionRow
    }

    var open: [Connection] = []
    /// Ids in the list, and those that wait for a place in it.
    var listed: Set<ConnectionID> = []
    var waiting: [ConnectionID] = []
    var isRecording = false
    var release: String? { didSet { hasHadRelease = true } }
    private var hasHadRelease = false

    static func recount(_ names: [String]) -> [String: Int] {
        names.reduce(into: [:]) { counts, name in counts[name, default: 0] += 1 }
    }

    var versions: [String: Int] { Self.recount(open.map(\.row.version)) }
    var routes: [String: Int] { Self.recount(open.map(\.row.route)) }

    var snapshot: Statistics {
        Statistics(
            total: open.count, versions: versions, routes: routes, rows: open.map(\.row).filter { listed.contains($0.id) },
            truncated: open.count - listed.count
        ).sorted
    }

    mutating func opened(_ slot: Slot, _ row: ConnectionRow) {
        open.append(Connection(slot: slot, row: row))
        if isRecording { waiting.append(row.id) }
    }

    mutating func moved(_ place: Int, to route: String) { open[place].row.route = route }

    mutating func closed(_ place: Int) {
        let id = open.remove(at: place).row.id
        listed.remove(id)
        waiting.removeAll { $0 == id }
    }

    mutating func started(_ roster: Roster, listing limit: Int) -> String? {
        isRecording = true
        listed = []
        waiting = open.sorted { $0.slot.index < $1.slot.index }.map(\.row.id)
        return taken(roster, listing: limit)
    }

    func isOld(_ id: ConnectionID) -> Bool {
        release != nil && open.first { $0.row.id == id }?.row.version != release
    }

    /// Takes over what the roster lists after a take.
    /// - Returns: nil, or what is wrong with its choice.
    mutating func taken(_ roster: Roster, listing limit: Int) -> String? {
        let chosen = Set(roster.listedRows.map(\.id))
        let left = listed.subtracting(chosen)
        let wanted = waiting.count { isOld($0) } + listed.count - limit
        let expected = release == nil ? 0 : max(0, min(wanted, listed.count { !isOld($0) }))
        guard left.count == expected, !left.contains(where: isOld) else { return "\(left.count) left the list, not \(expected)" }
        let free = max(0, limit - (listed.count - left.count))
        let old = waiting.filter(isOld).prefix(free)
        let rest = waiting.filter { !isOld($0) }.prefix(free - old.count)
        let entered = chosen.subtracting(listed)
        let counts = (old: entered.count(where: isOld), all: entered.count)
        guard entered.isSubset(of: waiting), counts == (old.count, old.count + rest.count) else {
            return "\(counts) came into the list, not \(old.count) + \(rest.count)"
        }
        // Which of those that gave their places comes back first is the roster's choice.
        if !hasHadRelease, entered != Set(old + rest) { return "not the longest waiting came into the list" }
        listed = chosen
        waiting = waiting.filter { !chosen.contains($0) } + left
        return nil
    }
}

extension Statistics {
    /// The same statistics with the rows in an order that can be compared.
    var sorted: Statistics {
        var copy = self
        copy.rows.sort { ($0.id.high, $0.id.low) < ($1.id.high, $1.id.low) }
        return copy
    }
}

extension Roster {
    /// The counts with the listed rows, in an order that can be compared.
    var snapshot: Statistics {
        var snapshot = summary
        snapshot.rows = listedRows
        return snapshot.sorted
    }

    var listedRows: [ConnectionRow] {
        var rows: [ConnectionRow] = []
        for isCurrent in [false, true] {
            forEachListed(current: isCurrent) { row in
                rows.append(
                    ConnectionRow(
                        id: row.id, version: versionName(row.versionKey), route: routeName(row.routeKey), since: row.since,
                        moved: row.moved,
                        address: row.address))
            }
        }
        return rows
    }
}

extension ConnectionID {
    /// An id that is easy to make and to tell apart.
    init(_ number: Int) { self.init(randomHigh: UInt64(number), randomLow: UInt64(number)) }
}
