internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Tells subscribers what changed: debounced, each form encoded once, nothing at all while nobody subscribes.
///
/// It merges the loops: each tracker is a source, whose changes it takes and adds up. It runs on the shared pool, away from
/// the loops, because encoding a large list takes milliseconds.
actor BroadcastScheduler {
    private let trackers: [ConnectionTracker]
    private let inbox: SchedulerInbox
    private let limits: StatisticsLimits
    private var view: FleetView?
    private var sequence = 0
    /// When deltas and summaries are due: they are small.
    private var news: BroadcastSchedule
    /// When whole lists are due: they are paced by their size.
    private var lists: BroadcastSchedule
    private var waiting: [SchedulerInbox.Request] = []
    private var timer: Duration?
    /// Subscribers that come one after the other share a round: a flood of them is not a flood of rounds.
    private static let answerInterval = Duration.milliseconds(10)
    private var earliestAnswer = Duration.zero
    /// Rounds that were encoded, by mode.
    private(set) var broadcasts: [StatisticsMode: Int] = [:]

    init(trackers: [ConnectionTracker], inbox: SchedulerInbox, limits: StatisticsLimits, debounce: Duration, maxWait: Duration) {
        self.trackers = trackers
        self.inbox = inbox
        self.limits = limits
        news = BroadcastSchedule(debounce: debounce, maxWait: maxWait)
        lists = BroadcastSchedule(debounce: debounce, maxWait: maxWait, bytesPerSecond: Pacing.bytesPerSecond)
    }

    /// Works until its task is cancelled. Everything happens in this one loop, in order: whatever is awaited in between, no second
    /// broadcast can overtake the first.
    func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    await step()
                    setTimer(in: &group)
                    await inbox.wait()
                }
                group.cancelAll()
            }
        } onCancel: {
            inbox.wake()
        }
    }

    private func step() async {
        let content = inbox.take()
        waiting += content.requests
        if let first = content.firstChange { noteChange(first: first, last: first) }
        let kinds = inbox.kinds
        guard !kinds.isEmpty || !waiting.isEmpty || !content.adminRequests.isEmpty else { return await rest() }
        if view == nil { await startWatching() }

        await round(at: MonotonicTime.now, kinds, content.adminRequests)
    }

    private func noteChange(first: Duration, last: Duration) {
        news.noteChange(first: first, last: last)
        lists.noteChange(first: first, last: last)
    }

    // MARK: Watching

    private func startWatching() async {
        var view = FleetView(maxVersions: limits.versions, maxRoutes: limits.routes, maxListed: limits.listedConnections)
        for (index, tracker) in trackers.enumerated() {
            let source = SourceID(index)
            let (summary, listed) = await tracker.startWatching(listing: view.listingAllowance(for: source))
            view.replace(source, with: summary, listed: listed)
        }
        _ = view.takePending(rows: false)
        self.view = view
    }

    private func rest() async {
        guard view != nil else { return }
        view = nil
        for tracker in trackers { await tracker.stopWatching() }
        let now = MonotonicTime.now
        news.didBroadcast(at: now, bytes: 0)
        lists.didBroadcast(at: now, bytes: 0)
    }

    /// Brings the view up to date.
    /// - Returns: the trackers' rows, where they were asked for; empty else.
    private func collect(rosters wantsRosters: Bool, deltas wantsDeltas: Bool) async -> [Roster] {
        guard var view else { return [] }
        var rosters: [Roster] = []
        for (index, tracker) in trackers.enumerated() {
            let source = SourceID(index)
            let collection = await tracker.collect(
                listing: view.listingAllowance(for: source), rows: wantsDeltas, roster: wantsRosters)
            view.apply(collection.delta, from: source)
            if let last = collection.lastChange { noteChange(first: last, last: last) }
            if let roster = collection.roster { rosters.append(roster) }
        }
        self.view = view
        return rosters
    }

    // MARK: Telling

    /// One round: what is due for everybody, then a whole `stats` for those who wait for one. All of it is one state with one number,
    /// so the next delta holds exactly what changed after it.
    private func round(at now: Duration, _ kinds: Set<SubscriptionKind>, _ adminRequests: [SchedulerInbox.AdminRequest]) async {
        let areListsDue = lists.next(at: now) == .broadcast
        let answered = now >= earliestAnswer ? waiting.filter { $0.notBefore <= now } : []
        guard areListsDue || news.next(at: now) == .broadcast || !answered.isEmpty || !adminRequests.isEmpty else { return }
        if !answered.isEmpty {
            waiting.removeAll { $0.notBefore <= now }
            earliestAnswer = now + Self.answerInterval
        }
        let wantsLists = areListsDue && kinds.contains { $0.mode == .snapshot }
        let wantsRosters = wantsLists || !adminRequests.isEmpty || answered.contains { $0.kind.mode != .summary }
        let wantsDeltas = kinds.contains { $0.mode == .delta }
        let rosters = await collect(rosters: wantsRosters, deltas: wantsDeltas)
        guard let pending = view?.takePending(rows: wantsDeltas), let view else { return }
        if !pending.isEmpty { sequence += 1 }
        let largestList = await broadcast(pending, view, wantsLists ? rosters : nil, to: kinds)
        await answer(answered, view, rosters)
        await answer(adminRequests, view, rosters)
        // What changed while the trackers were asked one after the other is known by its time stamp and stays due.
        news.didBroadcast(at: now, bytes: 0)
        if areListsDue { lists.didBroadcast(at: now, bytes: largestList) }
    }

    /// Tells everybody who is up to date what changed.
    /// - Parameter rosters: the rows for whole lists; nil while none is due.
    /// - Returns: the size of the largest list.
    private func broadcast(
        _ pending: StatisticsDelta, _ view: FleetView, _ rosters: [Roster]?, to kinds: Set<SubscriptionKind>
    ) async -> Int {
        var round = Broadcast(sequence: sequence, messages: [:])
        var largestList = 0
        for kind in kinds {
            switch kind.mode {
            case .delta where !pending.isEmpty:
                let form = kind.form(tracksRoutes: limits.tracksRoutes)
                round.messages[kind] = .delta(StatisticsDeltaEncoder.encode(pending, sequence: sequence, form: form))
            case .summary where !pending.isEmpty:
                round.messages[kind] = .whole(encode(view, [], for: kind))
            case .snapshot:
                guard let rosters else { continue }
                let bytes = encode(view, rosters, for: kind)
                largestList = max(largestList, bytes.count)
                round.messages[kind] = .whole(bytes)
            case .delta, .summary: break
            }
        }
        guard !round.messages.isEmpty else { return 0 }
        for kind in round.messages.keys { broadcasts[kind.mode, default: 0] += 1 }
        for tracker in trackers { await tracker.deliver(round) }
        return largestList
    }

    private func encode(_ view: FleetView, _ rosters: [Roster], for kind: SubscriptionKind) -> [UInt8] {
        var encoder = StatisticsEncoder(form: kind.form(tracksRoutes: limits.tracksRoutes))
        encoder.begin(total: view.total, versions: view.versions, routes: view.routes)
        for roster in rosters { encoder.append(rowsOf: roster, shownBy: view) }
        return encoder.finish(
            sequence: sequence, timestampMilliseconds: MonotonicTime.wallClockMilliseconds, truncated: view.truncated)
    }

    // MARK: Answering one

    private func answer(_ requests: [SchedulerInbox.Request], _ view: FleetView, _ rosters: [Roster]) async {
        for (kind, requests) in Dictionary(grouping: requests, by: \.kind) {
            let bytes = encode(view, kind.mode == .summary ? [] : rosters, for: kind)
            for (tracker, requests) in Dictionary(grouping: requests, by: \.tracker) {
                await trackers[tracker].deliver(bytes, to: requests.map(\.subscriber))
            }
        }
    }

    private func answer(_ requests: [SchedulerInbox.AdminRequest], _ view: FleetView, _ rosters: [Roster]) async {
        guard !requests.isEmpty else { return }
        let form = StatisticsForm(scope: .ips, listsConnections: true, tracksRoutes: limits.tracksRoutes)
        var encoder = StatisticsEncoder(form: form, envelope: .admin)
        encoder.begin(total: view.total, versions: view.versions, routes: view.routes)
        for roster in rosters { encoder.append(rowsOf: roster, shownBy: view) }
        let body = encoder.finish(
            sequence: sequence, timestampMilliseconds: MonotonicTime.wallClockMilliseconds, truncated: view.truncated)
        let response = HTTPResponse.json(200, body)
        for request in requests { await trackers[request.tracker].respond(response, to: request.socket) }
    }

    // MARK: Time

    private func setTimer(in group: inout DiscardingTaskGroup) {
        let now = MonotonicTime.now
        var next = waiting.map { max($0.notBefore, earliestAnswer) }.min()
        for schedule in [news, lists] where view != nil {
            switch schedule.next(at: now) {
            case .rest: break
            case .wait(let until): next = min(next ?? until, until)
            case .broadcast: next = now
            }
        }
        guard let next, timer == nil || next < timer! || timer! <= now else { return }
        timer = next
        let inbox = inbox
        group.addTask {
            // Cancelled sleep wakes too early, which does no harm.
            try? await Task.sleep(for: max(.zero, next - now), tolerance: .zero)
            inbox.wake()
        }
    }
}
