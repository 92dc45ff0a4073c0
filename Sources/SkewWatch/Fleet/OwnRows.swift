internal import Presence
internal import SkewCluster

/// The listed rows of this node's loops, as other nodes are told them. A value; empty while no other node has somebody who looks at rows.
struct OwnRows: Sendable {
    /// So many bytes of rows are told at most: what a node says of a section has to fit into one message.
    private static let maxBytes = 1_500_000

    private var texts: [ConnectionID: String] = [:]
    private var bytes = 0
    private var changes: [String: Int] = [:]
    /// What the others want: nil for no rows.
    private(set) var showsAddresses: Bool?
    /// Whether all rows are to be handed over anew.
    private(set) var needsAll = false

    var isWanted: Bool { showsAddresses != nil }

    /// Takes in what the others want from now on.
    mutating func want(addresses: Bool?) {
        guard addresses != showsAddresses else { return }
        showsAddresses = addresses
        if addresses == nil { startOver() } else { needAll() }
    }

    /// The loops list their rows anew.
    mutating func needAll() { needsAll = isWanted }

    /// All rows as they are now.
    mutating func take(_ rosters: [Roster]) {
        startOver()
        for roster in rosters {
            for isCurrent in [false, true] {
                roster.forEachListed(current: isCurrent) { row in
                    put(
                        ConnectionRow(
                            id: row.id, version: roster.versionName(row.versionKey), route: roster.routeName(row.routeKey),
                            since: row.since, address: row.address, tag: row.tag))
                }
            }
        }
        needsAll = false
    }

    /// What became of rows.
    mutating func take(_ delta: StatisticsDelta) {
        guard isWanted, !needsAll else { return }
        for id in delta.closed { remove(id) }
        for row in delta.opened { put(row) }
        for row in delta.changed { put(row) }
    }

    /// What changed since the last time, by the text of each row: 1 for one that came, 0 for one that is gone.
    mutating func takeChanges() -> [String: Int] {
        defer { changes = [:] }
        return changes
    }

    private mutating func put(_ row: ConnectionRow) {
        remove(row.id)
        let text = RowText.encode(row, showsAddress: showsAddresses ?? false)
        guard bytes + text.utf8.count <= Self.maxBytes else { return }
        texts[row.id] = text
        bytes += text.utf8.count
        changes[text] = 1
    }

    private mutating func remove(_ id: ConnectionID) {
        guard let text = texts.removeValue(forKey: id) else { return }
        bytes -= text.utf8.count
        changes[text] = 0
    }

    private mutating func startOver() {
        for text in texts.values { changes[text] = 0 }
        (texts, bytes, needsAll) = ([:], 0, false)
    }
}
