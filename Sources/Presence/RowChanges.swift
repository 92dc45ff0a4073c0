/// The rows that consecutive deltas touch, each with what became of it in the end. Appending costs O(appended).
struct RowChanges: Sendable {
    private enum Change {
        case opened(ConnectionRow)
        case changed(ConnectionRow)
        case closed(ConnectionID)
    }

    private var changes: [Change] = []
    private var places: [ConnectionID: Int] = [:]

    /// Makes room for the rows of a delta, so that they do not make the table grow step by step.
    mutating func expect(_ delta: StatisticsDelta) {
        places.reserveCapacity(places.count + delta.opened.count + delta.changed.count + delta.closed.count)
    }

    /// A row came into the list.
    mutating func opened(_ row: ConnectionRow) { note(row.id, .opened(row)) }

    /// A listed row shows something else; one that opened since the last take still counts as opened.
    mutating func changed(_ row: ConnectionRow) {
        if let place = places[row.id], case .opened = changes[place] {
            changes[place] = .opened(row)
        } else {
            note(row.id, .changed(row))
        }
    }

    /// A row left the list; its id is kept even when the row had come since the last take.
    mutating func closed(_ id: ConnectionID) { note(id, .closed(id)) }

    /// Hands out what was collected, in order of first mention, and starts anew.
    mutating func take() -> (opened: [ConnectionRow], changed: [ConnectionRow], closed: [ConnectionID]) {
        var taken: (opened: [ConnectionRow], changed: [ConnectionRow], closed: [ConnectionID]) = ([], [], [])
        for change in changes {
            switch change {
            case .opened(let row): taken.opened.append(row)
            case .changed(let row): taken.changed.append(row)
            case .closed(let id): taken.closed.append(id)
            }
        }
        self = RowChanges()
        return taken
    }

    private mutating func note(_ id: ConnectionID, _ change: Change) {
        if let place = places[id] {
            changes[place] = change
        } else {
            places[id] = changes.count
            changes.append(change)
        }
    }
}
