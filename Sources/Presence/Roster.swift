/// The connections of one event loop and their counts, kept as they change.
///
/// Opening, moving and closing cost O(1) and allocate nothing for known names, apart from amortized growth: 32 to 40 bytes per connection,
/// 16 to 32 more where addresses are kept. Names are compared as Swift compares strings; the first spelling is the one shown.
///
/// Nothing is recorded until `startRecording(listing:)`. A row is in the list that subscribers know only from the take (or start) that
/// put it there. A copy costs O(1), so that another thread can encode it while the loop goes on.
package struct Roster: Sendable {
    var cells: [Cell] = []
    var versions = KeyTable()
    var routes = KeyTable()
    /// By slot; shorter than `cells` where the later ones have none, so it costs nothing while no address is kept.
    private var addresses: [String?] = []
    private var firstFree = Cell.none

    /// Whether changes are recorded, so that they can be taken.
    package internal(set) var isRecording = false
    /// The open rows that are not listed, oldest first: a chain through `Cell.previous` and `Cell.next`.
    var firstUnlisted = Cell.none
    var lastUnlisted = Cell.none
    /// Slots of listed rows that moved since the last take. Some may have closed since: their mark tells.
    var changedSlots: [UInt32] = []
    /// Listed rows that closed since the last take.
    var closedIDs: [ConnectionID] = []

    /// All open connections.
    package private(set) var total = 0
    /// How many of them are in the list that subscribers know; 0 while nothing is recorded.
    package internal(set) var listed = 0

    /// Makes an empty roster.
    package init() {}

    /// Adds a connection. The slot is its handle until it is closed; then the slot is given to another.
    package mutating func open(_ id: ConnectionID, version: String, route: String, address: String?) -> Slot {
        let cell = Cell(id: id, version: versions.enter(version), route: routes.enter(route))
        let index: UInt32
        if firstFree != Cell.none {
            index = firstFree
            firstFree = cells[Int(index)].next
            cells[Int(index)] = cell
        } else {
            precondition(cells.count < Int(Cell.lowestMark), "a roster must hold less than 2^32 connections")
            index = UInt32(cells.count)
            // Doubling would take up to 64 bytes per connection; a quarter more takes 40 at most.
            if cells.count == cells.capacity { cells.reserveCapacity(cells.count + cells.count / 4 + 16) }
            cells.append(cell)
        }
        if let address { keep(address, at: Int(index)) }
        total += 1
        if isRecording { enqueueUnlisted(index) }
        return Slot(number: index)
    }

    /// Puts a connection on another route. Traps for a slot that is not open.
    package mutating func move(_ slot: Slot, to route: String) {
        let index = checked(slot)
        guard let key = routes.move(from: cells[index].route, to: route) else { return }
        cells[index].route = key
        if isRecording { noteChanged(slot.number) }
    }

    /// Removes a connection; its slot is void. Traps for a slot that is not open.
    package mutating func close(_ slot: Slot) {
        let index = checked(slot)
        versions.leave(cells[index].version)
        routes.leave(cells[index].route)
        if isRecording { noteClosed(slot.number) }
        if index < addresses.count { addresses[index] = nil }
        cells[index].previous = Cell.free
        cells[index].next = firstFree
        firstFree = slot.number
        total -= 1
    }

    /// What is known of an open connection. Traps for a slot that is not open.
    package func row(at slot: Slot) -> ConnectionRow { row(checked(slot)) }

    /// The counts without rows. Costs O(distinct names). As the baseline of a `FleetView` it is good right after a start or a take.
    package var summary: Statistics {
        Statistics(total: total, versions: versions.counts, routes: routes.counts, truncated: total - listed)
    }

    /// Connections by version. Costs O(distinct names).
    package var versionCounts: [String: Int] { versions.counts }

    /// Visits the listed rows. The numbers are keys for `versionName(_:)` and `routeName(_:)`.
    package func forEachListed(_ body: (_ id: ConnectionID, _ versionKey: Int, _ routeKey: Int, _ address: String?) -> Void) {
        guard isRecording else { return }
        for (index, cell) in cells.enumerated() where cell.isListed {
            body(cell.id, Int(cell.version), Int(cell.route), address(index))
        }
    }

    /// The version behind a key. Keys are reused: they hold for this value, not for later states of the roster.
    package func versionName(_ key: Int) -> String { versions.name(UInt32(key)) }

    /// The route behind a key. Keys are reused: they hold for this value, not for later states of the roster.
    package func routeName(_ key: Int) -> String { routes.name(UInt32(key)) }

    /// All version keys are below it, so an array of this size can cache something by key.
    package var versionKeyLimit: Int { versions.keyLimit }

    /// All route keys are below it, so an array of this size can cache something by key.
    package var routeKeyLimit: Int { routes.keyLimit }

    func row(_ index: Int) -> ConnectionRow {
        let cell = cells[index]
        return ConnectionRow(
            id: cell.id, version: versions.name(cell.version), route: routes.name(cell.route), address: address(index))
    }

    private func address(_ index: Int) -> String? { index < addresses.count ? addresses[index] : nil }

    private mutating func keep(_ address: String, at index: Int) {
        while addresses.count <= index { addresses.append(nil) }
        addresses[index] = address
    }

    private func checked(_ slot: Slot) -> Int {
        let index = Int(slot.number)
        precondition(index < cells.count && !cells[index].isFree, "the slot must be that of an open connection")
        return index
    }
}

/// The handle of one open connection in one roster; void once that is closed.
package struct Slot: Hashable, Sendable {
    let number: UInt32

    /// Small and dense: it can index an array that keeps something beside the roster.
    package var index: Int { Int(number) }
}
