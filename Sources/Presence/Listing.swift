/// Which rows of a roster are in the list that subscribers know, and what became of them since the last take.
///
/// The states are in the roster's cells, which each call is handed. Rows that are not listed wait in a chain, the oldest first.
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

    /// How many rows are listed.
    private(set) var count = 0
    private var firstUnlisted = Cell.noSlot
    private var lastUnlisted = Cell.noSlot
    /// Slots of listed rows that changed since the last take. Some may have closed since: their state tells.
    private var changedSlots: [UInt32] = []
    /// Listed rows that closed since the last take.
    private var closedIDs: [ConnectionID] = []

    /// Makes a list of the first open rows, up to the limit; the others wait.
    init(of cells: inout [Cell], limit: Int) {
        for slot in cells.indices where !cells[slot].isFree {
            if count < limit {
                cells[slot].state = .listed
                count += 1
            } else {
                opened(UInt32(slot), in: &cells)
            }
        }
    }

    /// A row has come: it waits.
    mutating func opened(_ slot: UInt32, in cells: inout [Cell]) {
        cells[Int(slot)].state = .unlisted(previous: lastUnlisted, next: Cell.noSlot)
        if lastUnlisted == Cell.noSlot {
            firstUnlisted = slot
        } else if case .unlisted(let before, _) = cells[Int(lastUnlisted)].state {
            cells[Int(lastUnlisted)].state = .unlisted(previous: before, next: slot)
        }
        lastUnlisted = slot
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
        if cell.isListed {
            closedIDs.append(cell.id)
            count -= 1
        } else {
            unlink(slot, in: &cells)
        }
    }

    /// What changed since the last take. While fewer than `limit` rows are listed, waiting ones come into the list.
    mutating func take(upTo limit: Int, from cells: inout [Cell]) -> Changes {
        var changes = Changes()
        // Before the list takes new rows: a stale entry must not meet a row that has just been listed in the same slot.
        for slot in changedSlots {
            guard case .changed = cells[Int(slot)].state else { continue }
            cells[Int(slot)].state = .listed
            changes.changed.append(slot)
        }
        changedSlots.removeAll(keepingCapacity: true)
        swap(&changes.closed, &closedIDs)
        while count < limit, firstUnlisted != Cell.noSlot {
            let slot = firstUnlisted
            unlink(slot, in: &cells)
            cells[Int(slot)].state = .listed
            count += 1
            changes.opened.append(slot)
        }
        return changes
    }

    private mutating func unlink(_ slot: UInt32, in cells: inout [Cell]) {
        guard case .unlisted(let previous, let next) = cells[Int(slot)].state else { return }
        if previous == Cell.noSlot {
            firstUnlisted = next
        } else if case .unlisted(let before, _) = cells[Int(previous)].state {
            cells[Int(previous)].state = .unlisted(previous: before, next: next)
        }
        if next == Cell.noSlot {
            lastUnlisted = previous
        } else if case .unlisted(_, let after) = cells[Int(next)].state {
            cells[Int(next)].state = .unlisted(previous: previous, next: after)
        }
    }
}
