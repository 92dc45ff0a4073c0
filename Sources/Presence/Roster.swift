/// The connections of one event loop and their counts, kept as they change.
///
/// Opening, moving and closing cost O(1) and allocate nothing for known names, apart from amortized growth: 36 to 45 bytes per connection,
/// 4 more where connections move, 16 to 32 more where addresses are kept. Names are compared as Swift compares strings; the first spelling is the one shown.
///
/// Nothing is recorded until `startRecording(listing:)`. A row is in the list that subscribers know only from the take (or start) that
/// put it there. A copy costs O(1), so that another thread can encode it while the loop goes on.
package struct Roster: Sendable {
    private var cells: [Cell] = []
    /// By slot: when it opened, in steps since `start`.
    private var openings: [UInt32] = []
    /// By slot: when it last moved, in steps since `start`; 0 where it did not. Shorter than `cells` where the later ones did not.
    private var moves: [UInt32] = []
    /// Milliseconds since 1970.
    private let start: Int64
    /// Milliseconds: four bytes last for two years and eight months.
    private static let step: Int64 = 20
    private var versions = KeyTable()
    private var routes = KeyTable()
    /// By slot; shorter than `cells` where the later ones have none, so it costs nothing while no address is kept.
    private var addresses: [String?] = []
    /// The same of tags.
    private var tags: [String?] = []
    private var firstFree = Cell.noSlot
    /// The rows that subscribers know; nil while nothing is recorded.
    private var listing: Listing?
    /// The key of the release; nil while none is known.
    private var release: UInt32?

    /// All open connections.
    package private(set) var total = 0
    /// How many of them are in the list that subscribers know; 0 while nothing is recorded.
    package var listed: Int { listing?.count ?? 0 }
    /// How many of those run the release; all of them while none is known.
    package var listedCurrent: Int { listing?.currentCount ?? 0 }
    /// How many connections do not run the release and wait for a place in the list.
    package var waitingOld: Int { listing?.oldWaiting ?? 0 }

    /// Makes an empty roster.
    /// - Parameter start: milliseconds since 1970, before which no connection opened.
    package init(start: Int64 = 0) { self.start = start }

    /// Says which version is the release: connections that do not run it are listed first. Costs O(connections) while something is recorded.
    package mutating func setRelease(_ version: String?) {
        release = versions.pin(version)
        listing?.setRelease(release, in: &cells)
    }

    /// Adds a connection. The slot is its handle until it is closed; then the slot is given to another.
    /// - Parameter since: when it opened, in milliseconds since 1970; kept to a fiftieth of a second.
    package mutating func open(_ id: ConnectionID, version: String, route: String, since: Int64 = 0, address: String?, tag: String? = nil)
        -> Slot
    {
        let opening = steps(since)
        let cell = Cell(id: id, version: versions.enter(version), route: routes.enter(route))
        let index: UInt32
        if firstFree != Cell.noSlot, case .free(let next) = cells[Int(firstFree)].state {
            index = firstFree
            firstFree = next
            cells[Int(index)] = cell
            openings[Int(index)] = opening
            if Int(index) < moves.count { moves[Int(index)] = 0 }
        } else {
            precondition(cells.count < Int(Cell.slotLimit), "a roster must hold less than 2^32 connections")
            index = UInt32(cells.count)
            // Doubling would take up to 64 bytes per connection; a quarter more takes 40 at most.
            if cells.count == cells.capacity {
                cells.reserveCapacity(cells.count + cells.count / 4 + 16)
                openings.reserveCapacity(cells.count + cells.count / 4 + 16)
            }
            cells.append(cell)
            openings.append(opening)
        }
        if let address { Self.keep(address, at: Int(index), in: &addresses) }
        if let tag { Self.keep(tag, at: Int(index), in: &tags) }
        total += 1
        listing?.opened(index, in: &cells)
        return Slot(number: index)
    }

    /// Puts a connection on another route. Traps for a slot that is not open.
    /// - Parameter time: when, in milliseconds since 1970, kept to a fiftieth of a second; nil where nobody wants to know.
    package mutating func move(_ slot: Slot, to route: String, at time: Int64? = nil) {
        let index = checked(slot)
        guard let key = routes.move(from: cells[index].route, to: route) else { return }
        cells[index].route = key
        if let time {
            while moves.count <= index { moves.append(0) }
            moves[index] = max(1, steps(time))
        }
        listing?.changed(slot.number, in: &cells)
    }

    /// Says whose a connection is. Traps for a slot that is not open.
    /// - Returns: whether that is news.
    package mutating func tag(_ slot: Slot, _ tag: String?) -> Bool {
        let index = checked(slot)
        guard self.tag(index) != tag else { return false }
        Self.keep(tag, at: index, in: &tags)
        listing?.changed(slot.number, in: &cells)
        return true
    }

    /// Removes a connection; its slot is void. Traps for a slot that is not open.
    package mutating func close(_ slot: Slot) {
        let index = checked(slot)
        versions.leave(cells[index].version)
        routes.leave(cells[index].route)
        listing?.closed(slot.number, in: &cells)
        if index < addresses.count { addresses[index] = nil }
        if index < tags.count { tags[index] = nil }
        cells[index].state = .free(next: firstFree)
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

    /// Connections by route for each version, listed or not. Costs O(connections).
    package var routesByVersion: [String: [String: Int]] {
        var counts: [UInt64: Int] = [:]
        for cell in cells where !cell.isFree { counts[UInt64(cell.version) << 32 | UInt64(cell.route), default: 0] += 1 }
        var named: [String: [String: Int]] = [:]
        for (key, count) in counts {
            named[versions.name(UInt32(key >> 32)), default: [:]][routes.name(UInt32(truncatingIfNeeded: key))] = count
        }
        return named
    }

    /// Connections by tag for each version, listed or not; those without a tag are left out. Costs O(connections with a tag).
    package var tagsByVersion: [String: [String: Int]] {
        var named: [String: [String: Int]] = [:]
        for (index, tag) in tags.enumerated() {
            if let tag { named[versions.name(cells[index].version), default: [:]][tag, default: 0] += 1 }
        }
        return named
    }

    /// Visits the listed rows: those that run the release, or the others. While no release is known all are taken to run it.
    package func forEachListed(current: Bool, _ body: (ListedRow) -> Void) {
        guard let listing, (current ? listing.currentCount : listing.count - listing.currentCount) > 0 else { return }
        for (index, cell) in cells.enumerated() where cell.isListed && (release == nil || cell.version == release) == current {
            body(
                ListedRow(
                    id: cell.id, versionKey: Int(cell.version), routeKey: Int(cell.route), since: since(index), moved: moved(index),
                    address: address(index), tag: tag(index)))
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

    // MARK: Recording

    /// Starts to record what changes, or starts anew: up to `limit` of the open rows are listed, those first that do not run the release;
    /// nothing is pending.
    ///
    /// Costs O(connections). `summary` and `forEachListed(_:)` right after it are the baseline that the takes continue.
    package mutating func startRecording(listing limit: Int) {
        versions.startRecording()
        routes.startRecording()
        listing = Listing(of: &cells, limit: limit, release: release)
    }

    /// Stops recording and forgets list and pending changes.
    package mutating func stopRecording() {
        versions.stopRecording()
        routes.stopRecording()
        listing = nil
    }

    /// What changed since the start or the last take. Costs O(changes), whatever the number of connections.
    ///
    /// While fewer than `limit` rows are listed, unlisted ones enter the list and are told as opened: those that do not run the release
    /// first, the oldest first. Rows that run it are told as closed where they stand in the way of others, or more than `limit` are listed;
    /// the others stay listed. While no release is known, nothing is taken away. A row that opened and closed since the last take is not mentioned, nor is a name that came and
    /// went. With `rows` false the list is kept up in the same way, but no row is told. Traps unless recording was started.
    ///
    /// - Parameter isStrict: whether no more than `limit` rows stay listed, whatever they run.
    package mutating func takeChanges(listing limit: Int, rows: Bool, strictly isStrict: Bool = false) -> StatisticsDelta {
        guard let changes = listing?.take(upTo: limit, strictly: isStrict, from: &cells) else {
            preconditionFailure("a roster must record before its changes are taken")
        }
        var delta = StatisticsDelta(
            total: total, listed: listed, listedCurrent: listedCurrent, waitingOld: waitingOld, versions: versions.takeTouched(),
            routes: routes.takeTouched())
        guard rows else { return delta }
        delta.opened = changes.opened.map { row(Int($0)) }
        delta.changed = changes.changed.map { row(Int($0)) }
        delta.closed = changes.closed
        return delta
    }

    /// Makes the next take tell the listed rows with these names, as if they had moved: they are shown otherwise from now on. Costs
    /// O(connections) where there are such names.
    package mutating func retell(_ names: RenamedNames) {
        let versionKeys = Set(names.versions.compactMap { versions.key($0) })
        let routeKeys = Set(names.routes.compactMap { routes.key($0) })
        guard !versionKeys.isEmpty || !routeKeys.isEmpty else { return }
        for slot in cells.indices where versionKeys.contains(cells[slot].version) || routeKeys.contains(cells[slot].route) {
            listing?.changed(UInt32(slot), in: &cells)
        }
    }

    private func row(_ index: Int) -> ConnectionRow {
        let cell = cells[index]
        return ConnectionRow(
            id: cell.id, version: versions.name(cell.version), route: routes.name(cell.route), since: since(index),
            moved: moved(index), address: address(index), tag: tag(index))
    }

    private func since(_ index: Int) -> Int64 { start + Int64(openings[index]) * Self.step }

    private func moved(_ index: Int) -> Int64? {
        index < moves.count && moves[index] > 0 ? start + Int64(moves[index]) * Self.step : nil
    }

    private func steps(_ time: Int64) -> UInt32 { UInt32(clamping: (time - start) / Self.step) }

    private func address(_ index: Int) -> String? { index < addresses.count ? addresses[index] : nil }

    private func tag(_ index: Int) -> String? { index < tags.count ? tags[index] : nil }

    private static func keep(_ text: String?, at index: Int, in texts: inout [String?]) {
        while texts.count <= index { texts.append(nil) }
        texts[index] = text
    }

    private func checked(_ slot: Slot) -> Int {
        let index = Int(slot.number)
        precondition(index < cells.count && !cells[index].isFree, "the slot must be that of an open connection")
        return index
    }
}

/// A row as a roster lends it. The keys are for `versionName(_:)` and `routeName(_:)`.
package struct ListedRow {
    package let id: ConnectionID
    package let versionKey: Int
    package let routeKey: Int
    /// Milliseconds since 1970.
    package let since: Int64
    /// Milliseconds since 1970; nil while it is where it opened.
    package let moved: Int64?
    package let address: String?
    package let tag: String?
}

/// The handle of one open connection in one roster; void once that is closed.
package struct Slot: Hashable, Sendable {
    let number: UInt32

    /// Small and dense: it can index an array that keeps something beside the roster.
    package var index: Int { Int(number) }
}
