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

        var now = MonotonicTime.now
        let isNewsDue = news.next(at: now) == .broadcast
        let areListsDue = lists.next(at: now) == .broadcast
        if isNewsDue || areListsDue {
            await broadcast(to: kinds, includingLists: areListsDue)
            now = MonotonicTime.now
        }
        await answer(at: now)
        await answer(content.adminRequests)
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

    // MARK: Telling everybody

    private func broadcast(to kinds: Set<SubscriptionKind>, includingLists: Bool) async {
        let startedAt = MonotonicTime.now
        let deltas = kinds.contains { $0.mode == .delta }
        let wantsLists = includingLists && kinds.contains { $0.mode == .snapshot }
        let rosters = await collect(rosters: wantsLists, deltas: deltas)
        guard let pending = view?.takePending(rows: deltas), let view else { return }
        if !pending.isEmpty { sequence += 1 }

        var round = Broadcast(sequence: sequence, messages: [:])
        var largestList = 0
        for kind in kinds {
            switch kind.mode {
            case .delta where !pending.isEmpty:
                let form = kind.form(tracksRoutes: limits.tracksRoutes)
                round.messages[kind] = .delta(StatisticsDeltaEncoder.encode(pending, sequence: sequence, form: form))
            case .summary where !pending.isEmpty:
                round.messages[kind] = .whole(encode(view, [], for: kind))
            case .snapshot where wantsLists:
                let bytes = encode(view, rosters, for: kind)
                largestList = max(largestList, bytes.count)
                round.messages[kind] = .whole(bytes)
            case .delta, .summary, .snapshot: break
            }
        }
        for kind in round.messages.keys { broadcasts[kind.mode, default: 0] += 1 }
        for tracker in trackers { await tracker.deliver(round) }
        // What changed while the trackers were asked one after the other is known by its time stamp and stays due.
        news.didBroadcast(at: startedAt, bytes: 0)
        if includingLists { lists.didBroadcast(at: startedAt, bytes: largestList) }
    }

    private func encode(_ view: FleetView, _ rosters: [Roster], for kind: SubscriptionKind) -> [UInt8] {
        var encoder = StatisticsEncoder(form: kind.form(tracksRoutes: limits.tracksRoutes))
        encoder.begin(total: view.total, versions: view.versions, routes: view.routes)
        for roster in rosters { encoder.append(rowsOf: roster, shownBy: view) }
        return encoder.finish(
            sequence: sequence, timestampMilliseconds: MonotonicTime.wallClockMilliseconds, truncated: view.truncated)
    }

    // MARK: Answering one

    /// Sends a whole `stats` to those who wait for one. What it has beyond the last broadcast comes again in the next delta, which
    /// says the same in absolute values.
    private func answer(at now: Duration) async {
        let due = waiting.filter { $0.notBefore <= now }
        guard !due.isEmpty else { return }
        waiting.removeAll { $0.notBefore <= now }
        let listed = due.contains { $0.kind.mode != .summary }
        let rosters = await collect(rosters: listed, deltas: inbox.kinds.contains { $0.mode == .delta })
        guard let view else { return }
        for (kind, requests) in Dictionary(grouping: due, by: \.kind) {
            let bytes = encode(view, kind.mode == .summary ? [] : rosters, for: kind)
            for (tracker, requests) in Dictionary(grouping: requests, by: \.tracker) {
                await trackers[tracker].deliver(bytes, sequence: sequence, to: requests.map(\.subscriber))
            }
        }
    }

    private func answer(_ requests: [SchedulerInbox.AdminRequest]) async {
        guard !requests.isEmpty else { return }
        let rosters = await collect(rosters: true, deltas: inbox.kinds.contains { $0.mode == .delta })
        guard let view else { return }
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
        var next = waiting.map(\.notBefore).min()
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
