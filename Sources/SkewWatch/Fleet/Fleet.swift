internal import Presence

/// Everybody who is connected, summed over the sources (the loops of this server and, as one more source, all other nodes): the one
/// place that knows what all of them count.
///
/// The scheduler, the metrics, the history and the endpoints ask it, so that they all show the same names. Its view lives as long as the
/// server. Sources record changes only while somebody follows them; else they are asked for their counts when somebody wants to know.
actor Fleet {
    private let limits: StatisticsLimits
    /// The versions that have a name whatever others claim.
    private let pinned: @Sendable () -> [String]
    private var sources: [(id: SourceID, tracker: ConnectionTracker)] = []
    private var view: FleetView
    private var cluster: FleetCluster?
    private var demand = Demand()
    private var isRecording = false
    /// The newest change that was collected and not yet told by `changes(rosters:)`.
    private var lastChange: Duration?
    /// Rows of other nodes, as they were asked for last.
    private var otherRows: [ConnectionRow] = []
    /// What a source hands over must be added up in the order it was taken, so one question at a time is put to the sources.
    private var turns = Turns()

    /// Makes a fleet without a source.
    /// - Parameter pinned: the versions that are shown by name whatever others claim, asked for anew at each look.
    init(limits: StatisticsLimits, pinned: @escaping @Sendable () -> [String]) {
        self.limits = limits
        self.pinned = pinned
        view = FleetView(maxVersions: limits.versions, maxRoutes: limits.routes, maxListed: limits.listedConnections)
    }

    // MARK: Sources

    /// A source has come. It is counted from the next question on.
    func add(_ tracker: ConnectionTracker) async {
        await takeTurn()
        defer { turns.giveBack() }
        let id = SourceID(tracker.index)
        sources.append((id, tracker))
        guard isRecording else { return }
        let roster = await tracker.startWatching(listing: view.listingAllowance(for: id))
        replace(id, with: roster)
    }

    /// From now on there may be other nodes, which are one more source.
    func add(_ member: ClusterMember) { cluster = FleetCluster(member, limits: limits) }

    /// Takes in what somebody wants to follow from now on; nil for nothing.
    /// - Parameter lists: what viewers look at; others than viewers look at none.
    func want(_ part: Demand.Part?, by asker: Demand.Asker, lists: Demand.Lists = .none) async {
        demand.set(part, by: asker)
        let isFirstList = asker == .viewers && demand.lists == .none && lists != .none
        if asker == .viewers { demand.lists = lists }
        if asker != .peers {
            await cluster?.member.want(routes: demand.ofViewers.map { $0 >= .routes } ?? false, lists: demand.lists)
        }
        if isFirstList, cluster != nil { await shareList() }
        guard isRecording != (demand.followed != nil) else { return }
        await takeTurn()
        defer { turns.giveBack() }
        // Others were served meanwhile: the demand is looked at anew.
        if demand.followed == nil { await stopRecording() } else { await startRecording() }
    }

    /// Other nodes have somebody who looks at rows, with addresses or without, or have nobody any more (nil).
    func peersWant(rowsWithAddresses addresses: Bool?) async {
        if addresses != nil, demand.lists == .none { await shareList() }
        cluster?.rows.want(addresses: addresses)
        await want(addresses == nil ? .counts : .rows, by: .peers)
    }

    /// The loops may list more than is their part of the list of all nodes: what that is is known from now on.
    private func shareList() async {
        await takeTurn()
        defer { turns.giveBack() }
        if isRecording { _ = await collect(rosters: false) }
    }

    // MARK: Questions

    /// What changed since the last call, for those who follow the fleet; they must have said so by `want(_:by:)`.
    func changes(rosters wantsRosters: Bool) async -> FleetChanges {
        await takeTurn()
        defer { turns.giveBack() }
        await startRecording()
        let rosters = await collect(rosters: wantsRosters)
        defer { lastChange = nil }
        let delta = view.takePending(rows: demand.ofViewers == .rows)
        var changes = FleetChanges(delta: delta, view: view, rosters: rosters, lastChange: lastChange, cluster: cluster?.report)
        if wantsRosters, let release = pinned().first {
            changes.otherRows = (otherRows.filter { $0.version != release }, otherRows.filter { $0.version == release })
        } else if wantsRosters {
            changes.otherRows.current = otherRows
        }
        return changes
    }

    /// Hands what changed on the loops to the other nodes, and takes in what changed there.
    func refresh() async {
        await takeTurn()
        defer { turns.giveBack() }
        guard isRecording else { return }
        _ = await collect(rosters: false)
        // Nobody here is to be told: what would wait for that only piles up.
        if demand.ofViewers == nil { settle() }
    }

    /// The counts of this moment. Costs O(distinct versions) of each source while nobody follows the fleet.
    var counts: FleetCounts {
        get async {
            await takeTurn()
            defer { turns.giveBack() }
            if isRecording {
                _ = await collect(rosters: false)
            } else {
                for (id, summary) in await ask({ tracker, _ in await tracker.countsByVersion }) {
                    view.replace(id, with: summary, listed: 0)
                }
                settle()
            }
            return countsOfView
        }
    }

    /// The counts of this moment and the rows behind them. Costs a copy of the rows where the loops go on meanwhile.
    var census: FleetCensus {
        get async {
            let look = cluster.map { ($0.member, routes: demand.ofViewers.map { $0 >= .routes } ?? false) }
            // Somebody who looks at lists has them told already.
            if let look, demand.lists == .none { await look.0.want(routes: look.routes, lists: .rows) }
            await takeTurn()
            defer { turns.giveBack() }
            var rosters: [Roster]
            if isRecording {
                rosters = await collect(rosters: true)
            } else {
                rosters = []
                for (id, roster) in await ask({ tracker, _ in await tracker.rowsOfNow }) {
                    view.replace(id, with: Statistics(total: roster.total, versions: roster.versionCounts), listed: 0)
                    rosters.append(roster)
                }
                settle()
            }
            let census = FleetCensus(counts: countsOfView, view: view, rosters: rosters, otherRows: otherRows)
            if let look, demand.lists == .none { await look.0.want(routes: look.routes, lists: .none) }
            return census
        }
    }

    private var countsOfView: FleetCounts {
        FleetCounts(total: view.total, versions: view.versions, cluster: cluster?.report)
    }

    // MARK: Recording

    /// Whether the loops tell what becomes of rows.
    private var recordsRows: Bool { demand.followed == .rows }

    private func startRecording() async {
        guard !isRecording else { return }
        isRecording = true
        for (id, roster) in await ask({ await $0.startWatching(listing: $1) }) { replace(id, with: roster) }
        _ = await listMore(rosters: false)
        settle()
    }

    private func replace(_ id: SourceID, with roster: Roster) {
        view.replace(
            id, with: roster.summary, listed: roster.listed, listedCurrent: roster.listedCurrent, waitingOld: roster.waitingOld)
        cluster?.begin(id, roster.summary)
    }

    /// Decides which names are shown where nobody is to be told: whoever follows from now on begins with a whole state.
    private func settle() {
        _ = view.takePending(rows: false)
        _ = view.reconsider(at: MonotonicTime.now, pinned: pinned())
        _ = view.takePending(rows: false)
    }

    private func stopRecording() async {
        guard isRecording else { return }
        isRecording = false
        for (id, summary) in await ask({ tracker, _ in await tracker.stopWatching() }) { view.replace(id, with: summary, listed: 0) }
        settle()
        lastChange = nil
    }

    // MARK: Collecting

    /// Brings the view up to date.
    /// - Returns: the sources' rows, where they were asked for; empty else.
    private func collect(rosters wantsRosters: Bool) async -> [Roster] {
        let (rows, needsAll) = (recordsRows, cluster?.rows.needsAll ?? false)
        let renamed = view.reconsider(at: MonotonicTime.now, pinned: pinned())
        var rosters: [SourceID: Roster] = [:]
        // Among several nodes the list is shared: what one may list changes with how many tabs the others have.
        let isShared = cluster != nil
        for (id, changes) in await ask({
            await $0.collect(listing: $1, strictly: isShared, rows: rows, roster: wantsRosters || needsAll, renamed: renamed)
        }) {
            take(changes, from: id)
            rosters[id] = changes.roster
        }
        rosters.merge(await listMore(rosters: wantsRosters || needsAll)) { _, newer in newer }
        let all = sources.compactMap { rosters[$0.id] }
        if needsAll { cluster?.rows.take(all) }
        await exchange(renamed, rows: wantsRosters)
        return wantsRosters ? all : []
    }

    /// Sources asked at one time share the places that are free in the list. Where that left a source with unlisted rows, and others
    /// have left places over, it is asked once more. Rows that do not run the release come first: where they wait at one source, others
    /// give back the places of rows that do.
    private func listMore(rosters wantsRosters: Bool) async -> [SourceID: Roster] {
        var rosters: [SourceID: Roster] = [:]
        for (id, limit) in view.concessions {
            rosters[id] = await collectAgain(id, listing: limit, rosters: wantsRosters) ?? rosters[id]
        }
        for (id, _) in sources {
            guard let limit = view.listingAllowance(forOldOf: id) else { continue }
            rosters[id] = await collectAgain(id, listing: limit, rosters: wantsRosters) ?? rosters[id]
        }
        for (id, _) in sources where view.hasUnlisted(id) && view.listed < limits.listedConnections {
            let limit = view.listingAllowance(for: id)
            rosters[id] = await collectAgain(id, listing: limit, rosters: wantsRosters) ?? rosters[id]
        }
        return rosters
    }

    private func collectAgain(_ id: SourceID, listing limit: Int, rosters wantsRosters: Bool) async -> Roster? {
        guard let tracker = sources.first(where: { $0.id == id })?.tracker else { return nil }
        let changes = await tracker.collect(
            listing: limit, strictly: cluster != nil, rows: recordsRows, roster: wantsRosters, renamed: RenamedNames())
        take(changes, from: id)
        return changes.roster
    }

    /// Asks the other nodes last, and tells them first what the loops have said: a tab that has moved from there to here counts once.
    private func exchange(_ renamed: RenamedNames, rows wantsRows: Bool) async {
        guard let own = cluster?.takeOwn(at: MonotonicTime.now, pinned: pinned()), let member = cluster?.member else { return }
        let request = ClusterMember.ListRequest(
            limit: view.listingAllowance(for: .otherNodes), places: limits.listedConnections, renamed: renamed, wantsRows: wantsRows)
        let others = await member.exchange(own, request)
        cluster?.report = others.report
        view.reserve(others.reserved, for: .otherNodes)
        otherRows = others.rows
        take(SourceChanges(delta: others.delta, lastChange: others.lastChange), from: .otherNodes)
    }

    private func take(_ changes: SourceChanges, from id: SourceID) {
        view.apply(changes.delta, from: id)
        if id != .otherNodes { cluster?.note(changes, of: id) }
        if let time = changes.lastChange { lastChange = max(time, lastChange ?? time) }
    }

    /// Puts a question to all sources at the same time, each with the number of rows that it may list.
    private func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (ConnectionTracker, _ listing: Int) async -> Answer
    ) async -> [(SourceID, Answer)] {
        await withTaskGroup(of: (SourceID, Answer).self) { group in
            for (id, tracker) in sources {
                let limit = view.listingAllowance(for: id, sharedBy: sources.count)
                group.addTask { (id, await question(tracker, limit)) }
            }
            var answers: [(SourceID, Answer)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0.number < $1.0.number }
        }
    }

    private func takeTurn() async {
        if !turns.take() { await withCheckedContinuation { turns.wait($0) } }
    }
}
