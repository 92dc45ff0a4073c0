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

    mutating func started(listing limit: Int) {
        isRecording = true
        listed = []
        waiting = open.sorted { $0.slot.index < $1.slot.index }.map(\.row.id)
        taken(listing: limit)
    }

    mutating func taken(listing limit: Int) {
        while listed.count < limit, !waiting.isEmpty { listed.insert(waiting.removeFirst()) }
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
        forEachListed { id, version, route, address in
            rows.append(ConnectionRow(id: id, version: versionName(version), route: routeName(route), address: address))
        }
        return rows
    }
}

extension ConnectionID {
    /// An id that is easy to make and to tell apart.
    init(_ number: Int) { self.init(randomHigh: UInt64(number), randomLow: UInt64(number)) }
}
