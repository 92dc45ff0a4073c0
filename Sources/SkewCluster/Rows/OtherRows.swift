package import Presence

/// The listed rows of all other nodes, as far as there is room for them: what a view of this node shows beside its own. A value.
package struct OtherRows: Sendable {
    /// What changed for who knows the rows.
    package struct Changes: Sendable, Equatable {
        package var opened: [ConnectionRow] = []
        package var changed: [ConnectionRow] = []
        package var closed: [ConnectionID] = []
    }

    private struct Entry {
        var row: ConnectionRow
        var text: String
        var node: InstanceID
    }

    private var entries: [ConnectionID: Entry] = [:]
    /// What those who watch were told, as they were told it.
    private var shown: [ConnectionID: ConnectionRow] = [:]
    private var touched: Set<ConnectionID> = []

    package init() {}

    /// How many are shown.
    package var count: Int { shown.count }

    /// Whether something changed that was not taken yet.
    package var isTouched: Bool { !touched.isEmpty }

    /// The rows that are shown, the oldest first.
    package var rows: [ConnectionRow] { shown.values.sorted { ($0.since, $0.id.low) < ($1.since, $1.id.low) } }

    /// Takes in what a node tells of its rows, by the text of each.
    package mutating func update(_ counts: [String: Int], of node: InstanceID) {
        // A row that moved is told as one that is gone and one that came, in no order.
        for (text, count) in counts where count == 0 {
            guard let id = RowText.decode(text)?.id, let entry = entries[id], entry.node == node, entry.text == text else { continue }
            entries[id] = nil
            touched.insert(id)
        }
        for (text, count) in counts where count > 0 {
            // Ids are random: one that another node has already is a lie.
            guard let row = RowText.decode(text), entries[row.id].map({ $0.node == node }) ?? true else { continue }
            entries[row.id] = Entry(row: row, text: text, node: node)
            touched.insert(row.id)
        }
    }

    /// What changed since the last time.
    /// - Parameters:
    ///   - limit: how many may be shown.
    ///   - renamed: the names that are shown otherwise from now on: rows that have them are told again.
    package mutating func takeChanges(listing limit: Int, renamed: RenamedNames) -> Changes {
        var changes = Changes()
        var waiting: [ConnectionID] = []
        for id in touched {
            switch (entries[id]?.row, shown[id]) {
            case (nil, .some):
                shown[id] = nil
                changes.closed.append(id)
            case (let row?, let before?) where row != before:
                shown[id] = row
                changes.changed.append(row)
            case (.some, nil): waiting.append(id)
            default: break
            }
        }
        touched = []
        retell(renamed, &changes)
        close(shown.count - max(0, limit), &changes)
        let isRoom = shown.count < limit
        // Those that had no place are looked for only where there is one.
        if isRoom, entries.count > shown.count + waiting.count { waiting = entries.keys.filter { shown[$0] == nil } }
        for id in waiting.prefix(max(0, limit - shown.count)) {
            guard let row = entries[id]?.row else { continue }
            shown[id] = row
            changes.opened.append(row)
        }
        return changes
    }

    private mutating func retell(_ renamed: RenamedNames, _ changes: inout Changes) {
        guard !renamed.isEmpty else { return }
        let told = Set(changes.changed.map(\.id))
        for (id, row) in shown where !told.contains(id) && (renamed.versions.contains(row.version) || renamed.routes.contains(row.route)) {
            changes.changed.append(row)
        }
    }

    private mutating func close(_ excess: Int, _ changes: inout Changes) {
        guard excess > 0 else { return }
        let gone = Set(shown.keys.prefix(excess))
        for id in gone { shown[id] = nil }
        changes.changed.removeAll { gone.contains($0.id) }
        changes.closed += gone
    }
}
