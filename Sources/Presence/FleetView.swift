/// The sum of several sources: event loops and, in a cluster, other nodes. It keeps counts, no rows.
///
/// Sources count all names; under the caps it is decided here which of them are shown, and the rest is `Statistics.otherName`: see
/// `FleetKeys`. A round is `reconsider(at:pinned:)`, then what changed at each source, then `takePending(rows:)`.
package struct FleetView: Sendable {
    private struct Source {
        var total = 0
        var listed = 0
        var listedCurrent = 0
        var waitingOld = 0
        var versions: [String: Int] = [:]
        var routes: [String: Int] = [:]
    }

    private let maxListed: Int
    private var sources: [SourceID: Source] = [:]
    private var versionKeys: FleetKeys
    private var routeKeys: FleetKeys
    private var pendingRows = RowChanges()
    /// Places that a source has whether it lists so many rows or not.
    private var reserved: (source: SourceID, places: Int)?

    /// All open connections of all sources.
    package private(set) var total = 0
    /// How many of them are in the list.
    package private(set) var listed = 0

    /// Makes a view of no source. `maxListed` is how many rows the sources together may list.
    package init(maxVersions: Int, maxRoutes: Int, maxListed: Int) {
        self.maxListed = maxListed
        versionKeys = FleetKeys(limit: maxVersions)
        routeKeys = FleetKeys(limit: maxRoutes)
    }

    /// How many connections are counted but not listed.
    package var truncated: Int { total - listed }

    /// Connections by version, names as shown. Costs O(distinct names).
    package var versions: [String: Int] { versionKeys.counts }

    /// Connections by route, names as shown. Costs O(distinct names).
    package var routes: [String: Int] { routeKeys.counts }

    /// How many rows a source may list, so that all together stay within `maxListed`, while `count` sources that do not know of each
    /// other share what is free.
    package func listingAllowance(for source: SourceID, sharedBy count: Int = 1) -> Int {
        max(0, (sources[source]?.listed ?? 0) + (source == reserved?.source ? maxListed - listed : free) / count)
    }

    /// From now on so many places are one source's: the others together list no more than what is left.
    package mutating func reserve(_ places: Int, for source: SourceID) { reserved = (source, places) }

    /// Places that are nobody's.
    private var free: Int {
        let kept = reserved.map { max(0, $0.places - (sources[$0.source]?.listed ?? 0)) } ?? 0
        return maxListed - listed - kept
    }

    /// Whether a source has connections that are not listed.
    package func hasUnlisted(_ source: SourceID) -> Bool {
        guard let source = sources[source] else { return false }
        return source.listed < source.total
    }

    /// How many rows a source may list, so that those find a place that do not run the release; nil where none of them waits there.
    package func listingAllowance(forOldOf source: SourceID) -> Int? {
        guard let state = sources[source], state.waitingOld > 0, free > 0 else { return nil }
        return state.listed + min(state.waitingOld, free)
    }

    /// Where rows that do not run the release wait at one source, and others list rows that do: under which limit each of those is to be
    /// asked once more, so that it gives places back. Empty where nobody has to.
    package var concessions: [(source: SourceID, listing: Int)] {
        var wanted = sources.values.reduce(0) { $0 + $1.waitingOld } - free
        guard wanted > 0 else { return [] }
        var concessions: [(source: SourceID, listing: Int)] = []
        for (id, source) in sources.sorted(by: { $0.key.number < $1.key.number }) where wanted > 0 {
            let given = min(wanted, source.listedCurrent)
            guard given > 0 else { continue }
            wanted -= given
            concessions.append((id, source.listed - given))
        }
        return concessions
    }

    /// Under which name a row with this version is shown.
    package func shownVersion(_ name: String) -> String { versionKeys.shownName(name) }

    /// Under which name a row with this route is shown.
    package func shownRoute(_ name: String) -> String { routeKeys.shownName(name) }

    /// Whether names wait for a place that time alone may give them: then another round is due in a second, though nothing changes.
    package var isUnsettled: Bool { versionKeys.isUnsettled || routeKeys.isUnsettled }

    /// Decides anew which names are shown. The pinned versions have a place whatever they count, as far as the cap allows.
    ///
    /// Costs O(distinct names), once a second at most and only while names are hidden.
    /// - Returns: the names that are shown from now on or no longer: the next take tells their counts, and the sources' next deltas must
    ///   tell their rows as changed, if anybody knows them.
    package mutating func reconsider(at now: Duration, pinned versions: [String] = []) -> RenamedNames {
        RenamedNames(versions: versionKeys.reconsider(at: now, pinned: versions), routes: routeKeys.reconsider(at: now, pinned: []))
    }

    /// Sets a source to a baseline, whatever was known of it. Only counts are taken, and only they become pending: take and tell what
    /// is pending before, and give those who show rows a new snapshot after.
    package mutating func replace(
        _ source: SourceID, with summary: Statistics, listed: Int, listedCurrent: Int = 0, waitingOld: Int = 0
    ) {
        let old = sources[source] ?? Source()
        let step = StatisticsDelta(
            total: summary.total, listed: listed, listedCurrent: listedCurrent, waitingOld: waitingOld,
            versions: Self.touched(from: old.versions, to: summary.versions),
            routes: Self.touched(from: old.routes, to: summary.routes))
        apply(step, from: source)
    }

    /// Moves a source on by what changed there. One never heard of starts at nothing.
    package mutating func apply(_ delta: StatisticsDelta, from source: SourceID) {
        // Taken out while it changes, so that its dictionaries are not copied.
        var state = sources.removeValue(forKey: source) ?? Source()
        let total = Self.plausible(delta.total)
        let listed = min(Self.plausible(delta.listed), total)
        self.total += total - state.total
        self.listed += listed - state.listed
        state.total = total
        state.listed = listed
        state.listedCurrent = min(Self.plausible(delta.listedCurrent), listed)
        state.waitingOld = min(Self.plausible(delta.waitingOld), total - listed)
        versionKeys.change(by: Self.set(delta.versions, in: &state.versions))
        routeKeys.change(by: Self.set(delta.routes, in: &state.routes))
        sources[source] = state
        pendingRows.expect(delta)
        for row in delta.opened { pendingRows.opened(row) }
        for row in delta.changed { pendingRows.changed(row) }
        for id in delta.closed { pendingRows.closed(id) }
    }

    /// Forgets a source and its counts. Its rows are not told as closed: apply a delta that closes them before, or take and tell what is
    /// pending before, and give those who show rows a new snapshot after.
    package mutating func remove(_ source: SourceID) {
        replace(source, with: Statistics(), listed: 0)
        sources[source] = nil
    }

    /// Everything since the last take as one delta, names as shown. Costs O(changes). With `rows` false no row is told, and
    /// those that were pending are forgotten.
    package mutating func takePending(rows: Bool) -> StatisticsDelta {
        let taken = pendingRows.take()
        var delta = StatisticsDelta(
            total: total, listed: listed, versions: versionKeys.takeTouched(), routes: routeKeys.takeTouched())
        if rows { (delta.opened, delta.changed, delta.closed) = (taken.opened.map(asShown), taken.changed.map(asShown), taken.closed) }
        return delta
    }

    /// A row with the names under which it is shown.
    package func asShown(_ row: ConnectionRow) -> ConnectionRow {
        var row = row
        row.version = shownVersion(row.version)
        row.route = shownRoute(row.route)
        return row
    }

    private static func touched(from old: [String: Int], to new: [String: Int]) -> [String: Int] {
        var touched = new
        for name in old.keys where new[name] == nil { touched[name] = 0 }
        return touched
    }

    private static func set(_ touched: [String: Int], in counts: inout [String: Int]) -> [(name: String, difference: Int)] {
        touched.map { name, count in
            let count = plausible(count)
            let old = counts[name] ?? 0
            counts[name] = count == 0 ? nil : count
            return (name, count - old)
        }
    }

    /// What another node says may be wrong by any amount; it must not overflow a sum here.
    private static func plausible(_ count: Int) -> Int { min(max(count, 0), Int(UInt32.max)) }
}

/// Names that are shown from now on, or no longer.
package struct RenamedNames: Sendable, Equatable {
    package var versions: Set<String>
    package var routes: Set<String>

    package init(versions: Set<String> = [], routes: Set<String> = []) {
        self.versions = versions
        self.routes = routes
    }

    package var isEmpty: Bool { versions.isEmpty && routes.isEmpty }
}

/// Names a source of a fleet view: a loop or a node. Who feeds the view gives the numbers.
package struct SourceID: Hashable, Sendable {
    /// The number it was given.
    package let number: Int

    /// Makes the name of the source with this number.
    package init(_ number: Int) { self.number = number }
}
