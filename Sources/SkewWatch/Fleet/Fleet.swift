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
    func want(_ part: Demand.Part?, by asker: Demand.Asker) async {
        demand.set(part, by: asker)
        if asker != .peers { await cluster?.member.want(routes: demand.ofViewers.map { $0 >= .routes } ?? false) }
        guard isRecording != (demand.followed != nil) else { return }
        await takeTurn()
        defer { turns.giveBack() }
        // Others were served meanwhile: the demand is looked at anew.
        if demand.followed == nil { await stopRecording() } else { await startRecording() }
    }

    // MARK: Questions

    /// What changed since the last call, for those who follow the fleet; they must have said so by `want(_:by:)`.
    func changes(rosters wantsRosters: Bool) async -> FleetChanges {
        await takeTurn()
        defer { turns.giveBack() }
        await startRecording()
        let rosters = await collect(rosters: wantsRosters)
        defer { lastChange = nil }
        let delta = view.takePending(rows: tellsRows)
        return FleetChanges(delta: delta, view: view, rosters: rosters, lastChange: lastChange, cluster: cluster?.report)
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
            return FleetCensus(counts: countsOfView, view: view, rosters: rosters)
        }
    }

    private var countsOfView: FleetCounts {
        FleetCounts(total: view.total, versions: view.versions, cluster: cluster?.report)
    }

    // MARK: Recording

    private var tellsRows: Bool { demand.followed == .rows }

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
        let rows = tellsRows
        let renamed = view.reconsider(at: MonotonicTime.now, pinned: pinned())
        var rosters: [SourceID: Roster] = [:]
        for (id, changes) in await ask({ await $0.collect(listing: $1, rows: rows, roster: wantsRosters, renamed: renamed) }) {
            take(changes, from: id)
            rosters[id] = changes.roster
        }
        rosters.merge(await listMore(rosters: wantsRosters)) { _, newer in newer }
        await exchange()
        return sources.compactMap { rosters[$0.id] }
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
        let changes = await tracker.collect(listing: limit, rows: tellsRows, roster: wantsRosters, renamed: RenamedNames())
        take(changes, from: id)
        return changes.roster
    }

    /// Asks the other nodes last, and tells them first what the loops have said: a tab that has moved from there to here counts once.
    private func exchange() async {
        guard let own = cluster?.takeOwn(at: MonotonicTime.now, pinned: pinned()), let member = cluster?.member else { return }
        let others = await member.exchange(own)
        cluster?.report = others.report
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
