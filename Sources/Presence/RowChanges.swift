/// The rows that consecutive deltas touch, each with what became of it in the end. Appending costs O(appended).
struct RowChanges: Sendable {
    private enum Fate { case opened, changed, closed }

    private var ids: [ConnectionID] = []
    private var fates: [Fate] = []
    /// The row at the same place, nil for closed ones.
    private var rows: [ConnectionRow?] = []
    private var places: [ConnectionID: Int] = [:]

    /// Adds the rows of the next delta.
    mutating func append(_ delta: StatisticsDelta) {
        for row in delta.opened { opened(row) }
        for row in delta.changed { changed(row) }
        for id in delta.closed { closed(id) }
    }

    /// A row came into the list.
    mutating func opened(_ row: ConnectionRow) { note(row.id, .opened, row) }

    /// A listed row shows something else; one that only opened since the last take still counts as opened.
    mutating func changed(_ row: ConnectionRow) {
        if let place = places[row.id], fates[place] == .opened {
            rows[place] = row
        } else {
            note(row.id, .changed, row)
        }
    }

    /// A row left the list; its id is kept even when the row had come since the last take.
    mutating func closed(_ id: ConnectionID) { note(id, .closed, nil) }

    /// Hands out what was collected, in order of first mention, and starts anew.
    mutating func take() -> (opened: [ConnectionRow], changed: [ConnectionRow], closed: [ConnectionID]) {
        var taken: (opened: [ConnectionRow], changed: [ConnectionRow], closed: [ConnectionID]) = ([], [], [])
        for place in ids.indices {
            switch (fates[place], rows[place]) {
            case (.opened, let row?): taken.opened.append(row)
            case (.changed, let row?): taken.changed.append(row)
            default: taken.closed.append(ids[place])
            }
        }
        self = RowChanges()
        return taken
    }

    private mutating func note(_ id: ConnectionID, _ fate: Fate, _ row: ConnectionRow?) {
        if let place = places[id] {
            fates[place] = fate
            rows[place] = row
        } else {
            places[id] = ids.count
            ids.append(id)
            fates.append(fate)
            rows.append(row)
        }
    }
}
