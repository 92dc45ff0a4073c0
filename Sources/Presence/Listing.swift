/// Which rows of a roster are in the list that subscribers know, and what became of them since the last take.
///
/// The states are in the roster's cells, which each call is handed. Rows that are not listed wait in two chains, the oldest first: those
/// that do not run the release, and the rest. The first ones go first. Where the list is full they take the places of rows that run it, so
/// a list that is cut is never the one of the stragglers.
struct Listing: Sendable {
    /// What a take has to tell.
    struct Changes {
        /// Slots of rows that came into the list.
        var opened: [UInt32] = []
        /// Slots of listed rows that show something else.
        var changed: [UInt32] = []
        /// Rows that left the list.
        var closed: [ConnectionID] = []
    }

    /// Rows that wait, linked by their cells.
    private struct Chain {
        var first = Cell.noSlot
        var last = Cell.noSlot
        var count = 0
    }

    /// How many rows are listed.
    private(set) var count = 0
    /// How many of them run the release.
    private(set) var currentCount = 0
    /// The key of the release; nil while none is known, and then no row is behind.
    private var release: UInt32?
    private var waitingOld = Chain()
    private var waitingRest = Chain()
    /// Where the next look for a row that gives its place begins.
    private var cursor = 0
    /// Slots of listed rows that changed since the last take. Some may have closed since: their state tells.
    private var changedSlots: [UInt32] = []
    /// Rows that left the list since the last take.
    private var closedIDs: [ConnectionID] = []

    /// Makes a list of open rows up to the limit, those that do not run the release first; the others wait.
    init(of cells: inout [Cell], limit: Int, release: UInt32?) {
        self.release = release
        for passesOld in [true, false] {
            for slot in cells.indices where !cells[slot].isFree && isOld(cells[slot]) == passesOld {
                if count < limit { list(UInt32(slot), in: &cells) } else { opened(UInt32(slot), in: &cells) }
            }
        }
    }

    /// How many rows that do not run the release wait.
    var oldWaiting: Int { waitingOld.count }

    /// Another release is out. Costs O(rows).
    mutating func setRelease(_ key: UInt32?, in cells: inout [Cell]) {
        guard key != release else { return }
        var waiting: [UInt32] = []
        for chain in [waitingOld, waitingRest] {
            var slot = chain.first
            while slot != Cell.noSlot, case .unlisted(_, let next) = cells[Int(slot)].state {
                waiting.append(slot)
                slot = next
            }
        }
        (release, waitingOld, waitingRest) = (key, Chain(), Chain())
        for slot in waiting { opened(slot, in: &cells) }
        currentCount = cells.count { $0.isListed && !isOld($0) }
    }

    /// A row has come: it waits.
    mutating func opened(_ slot: UInt32, in cells: inout [Cell]) {
        let isOld = isOld(cells[Int(slot)])
        var chain = isOld ? waitingOld : waitingRest
        cells[Int(slot)].state = .unlisted(previous: chain.last, next: Cell.noSlot)
        if chain.last == Cell.noSlot {
            chain.first = slot
        } else if case .unlisted(let before, _) = cells[Int(chain.last)].state {
            cells[Int(chain.last)].state = .unlisted(previous: before, next: slot)
        }
        chain.last = slot
        chain.count += 1
        if isOld { waitingOld = chain } else { waitingRest = chain }
    }

    /// A row shows something else. It is told where it is listed, once.
    mutating func changed(_ slot: UInt32, in cells: inout [Cell]) {
        guard case .listed = cells[Int(slot)].state else { return }
        cells[Int(slot)].state = .changed
        changedSlots.append(slot)
    }

    /// A row goes; its cell is the caller's from now on.
    mutating func closed(_ slot: UInt32, in cells: inout [Cell]) {
        let cell = cells[Int(slot)]
        if cell.isListed { leaveList(cell) } else { unlink(slot, in: &cells) }
    }

    /// What changed since the last take. While fewer than `limit` rows are listed, waiting ones come into the list. Rows that run the
    /// release leave it for those that do not, and where more are listed than `limit`; the others only where it is kept strictly.
    mutating func take(upTo limit: Int, strictly isStrict: Bool, from cells: inout [Cell]) -> Changes {
        var changes = Changes()
        // Before the list takes new rows: a stale entry must not meet a row that has just been listed in the same slot.
        for slot in changedSlots {
            guard case .changed = cells[Int(slot)].state else { continue }
            cells[Int(slot)].state = .listed
            changes.changed.append(slot)
        }
        changedSlots.removeAll(keepingCapacity: true)
        if release != nil { makeRoom(waitingOld.count, upTo: limit, in: &cells, &changes) }
        if isStrict { remove(count - limit, in: &cells, &changes) { _ in true } }
        swap(&changes.closed, &closedIDs)
        while count < limit {
            let slot = waitingOld.first != Cell.noSlot ? waitingOld.first : waitingRest.first
            guard slot != Cell.noSlot else { break }
            unlink(slot, in: &cells)
            list(slot, in: &cells)
            changes.opened.append(slot)
        }
        return changes
    }

    /// Takes rows that run the release out of the list, as many as stand in the way. Costs O(rows) where there are any.
    private mutating func makeRoom(_ wanted: Int, upTo limit: Int, in cells: inout [Cell], _ changes: inout Changes) {
        remove(min(currentCount, count + wanted - limit), in: &cells, &changes) { !$0 }
    }

    /// Takes rows out of the list, those that `isMeant` by whether they do not run the release.
    private mutating func remove(_ excess: Int, in cells: inout [Cell], _ changes: inout Changes, where isMeant: (_ isOld: Bool) -> Bool) {
        var excess = excess
        // They wait from now on, in the order they are found; a row that changed is told as gone and nothing else.
        var removed: Set<UInt32> = []
        var looked = 0
        while excess > 0, looked < cells.count {
            if cursor >= cells.count { cursor = 0 }
            let cell = cells[cursor]
            if cell.isListed, isMeant(isOld(cell)) {
                leaveList(cell)
                opened(UInt32(cursor), in: &cells)
                removed.insert(UInt32(cursor))
                excess -= 1
            }
            cursor += 1
            looked += 1
        }
        if !removed.isEmpty { changes.changed.removeAll { removed.contains($0) } }
    }

    private func isOld(_ cell: Cell) -> Bool { release != nil && cell.version != release }

    private mutating func list(_ slot: UInt32, in cells: inout [Cell]) {
        cells[Int(slot)].state = .listed
        count += 1
        if !isOld(cells[Int(slot)]) { currentCount += 1 }
    }

    private mutating func leaveList(_ cell: Cell) {
        closedIDs.append(cell.id)
        count -= 1
        if !isOld(cell) { currentCount -= 1 }
    }

    private mutating func unlink(_ slot: UInt32, in cells: inout [Cell]) {
        guard case .unlisted(let previous, let next) = cells[Int(slot)].state else { return }
        let isOld = isOld(cells[Int(slot)])
        var chain = isOld ? waitingOld : waitingRest
        if previous == Cell.noSlot {
            chain.first = next
        } else if case .unlisted(let before, _) = cells[Int(previous)].state {
            cells[Int(previous)].state = .unlisted(previous: before, next: next)
        }
        if next == Cell.noSlot {
            chain.last = previous
        } else if case .unlisted(_, let after) = cells[Int(next)].state {
            cells[Int(next)].state = .unlisted(previous: previous, next: after)
        }
        chain.count -= 1
        if isOld { waitingOld = chain } else { waitingRest = chain }
    }
}
