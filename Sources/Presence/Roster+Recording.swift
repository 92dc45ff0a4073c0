extension Roster {
    /// Starts to record what changes, or starts anew: up to `limit` of the open rows are listed, nothing is pending.
    ///
    /// Costs O(connections). `summary` and `forEachListed(_:)` right after it are the baseline that the takes continue.
    package mutating func startRecording(listing limit: Int) {
        stopRecording()
        isRecording = true
        versions.startRecording()
        routes.startRecording()
        for index in cells.indices where !cells[index].isFree {
            if listed < limit {
                cells[index].previous = Cell.listed
                listed += 1
            } else {
                enqueueUnlisted(UInt32(index))
            }
        }
    }

    /// Stops recording and forgets list and pending changes.
    package mutating func stopRecording() {
        isRecording = false
        versions.stopRecording()
        routes.stopRecording()
        firstUnlisted = Cell.none
        lastUnlisted = Cell.none
        changedSlots = []
        closedIDs = []
        listed = 0
    }

    /// What changed since the start or the last take. Costs O(changes), whatever the number of connections.
    ///
    /// While fewer than `limit` rows are listed, unlisted ones enter the list, the oldest first, and are told as opened; a limit below what
    /// is listed already takes nothing away. A row that opened and closed since the last take is not mentioned, nor is a name that came and
    /// went. With `rows` false the list is kept up in the same way, but no row is told. Traps unless recording was started.
    package mutating func takeChanges(listing limit: Int, rows: Bool) -> StatisticsDelta {
        precondition(isRecording, "a roster must record before its changes are taken")
        var delta = StatisticsDelta(total: total, listed: listed, versions: versions.takeTouched(), routes: routes.takeTouched())
        // Before the list takes new rows: a stale entry must not meet a row that has just been listed in the same slot.
        for slot in changedSlots where cells[Int(slot)].previous == Cell.changed {
            cells[Int(slot)].previous = Cell.listed
            if rows { delta.changed.append(row(Int(slot))) }
        }
        changedSlots.removeAll(keepingCapacity: true)
        if rows { delta.closed = closedIDs }
        closedIDs = []
        while listed < limit, firstUnlisted != Cell.none {
            let slot = firstUnlisted
            dequeueUnlisted(slot)
            cells[Int(slot)].previous = Cell.listed
            listed += 1
            if rows { delta.opened.append(row(Int(slot))) }
        }
        delta.listed = listed
        return delta
    }

    /// Makes the next take tell the listed rows with these names, as if they had moved: they are shown otherwise from now on. Costs
    /// O(connections) where there are such names.
    package mutating func retell(_ names: RenamedNames) {
        let versionKeys = Set(names.versions.compactMap { versions.key($0) })
        let routeKeys = Set(names.routes.compactMap { routes.key($0) })
        guard isRecording, !versionKeys.isEmpty || !routeKeys.isEmpty else { return }
        for slot in cells.indices where versionKeys.contains(cells[slot].version) || routeKeys.contains(cells[slot].route) {
            noteChanged(UInt32(slot))
        }
    }

    mutating func noteChanged(_ slot: UInt32) {
        guard cells[Int(slot)].previous == Cell.listed else { return }
        cells[Int(slot)].previous = Cell.changed
        changedSlots.append(slot)
    }

    mutating func noteClosed(_ slot: UInt32) {
        let cell = cells[Int(slot)]
        if cell.isListed {
            closedIDs.append(cell.id)
            listed -= 1
        } else {
            dequeueUnlisted(slot)
        }
    }

    mutating func enqueueUnlisted(_ slot: UInt32) {
        cells[Int(slot)].previous = lastUnlisted
        cells[Int(slot)].next = Cell.none
        if lastUnlisted == Cell.none {
            firstUnlisted = slot
        } else {
            cells[Int(lastUnlisted)].next = slot
        }
        lastUnlisted = slot
    }

    private mutating func dequeueUnlisted(_ slot: UInt32) {
        let (previous, next) = (cells[Int(slot)].previous, cells[Int(slot)].next)
        if previous == Cell.none { firstUnlisted = next } else { cells[Int(previous)].next = next }
        if next == Cell.none { lastUnlisted = previous } else { cells[Int(next)].previous = previous }
    }
}
