internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Tells subscribers what changed: debounced, each form encoded once, nothing at all while nobody subscribes.
///
/// A *window* is a time: it opens with the first change after a broadcast and closes when the debounce or the maximum wait is over. Two run
/// side by side, one for what is small, one for whole lists, which are paced by their size. A *round* is a piece of work: it asks the fleet
/// once and tells that one state, under one number. A window that closes makes a round, and so does a subscriber or an admin request that
/// waits for the state of the moment. Each round tells deltas and summaries, since it has taken what they tell; whole lists wait for their
/// window.
///
/// It runs on the shared pool, away from the loops, because encoding a large list takes milliseconds.
actor BroadcastScheduler {
    private let fleet: Fleet
    private let trackers: [ConnectionTracker]
    private let inbox: SchedulerInbox
    private let tracked: TrackedParts
    private var sequence = 0
    /// What was last told of the nodes.
    private var toldCluster: ClusterReport?
    /// When deltas and summaries are due: they are small.
    private var news: BroadcastSchedule
    /// When whole lists are due: they are paced by their size.
    private var lists: BroadcastSchedule
    private var isFollowing = false
    private var waiting: [SchedulerInbox.Request] = []
    /// Subscribers that come one after the other share a round: a flood of them is not a flood of rounds.
    private static let answerInterval = Duration.milliseconds(10)
    private var earliestAnswer = Duration.zero
    /// While names wait for others' places a round looks after them though nothing changes, at this time.
    private var nextLook: Duration?
    private static let lookInterval = Duration.seconds(1)
    /// Rounds that were encoded, by mode.
    private(set) var broadcasts: [StatisticsMode: Int] = [:]

    init(
        fleet: Fleet, trackers: [ConnectionTracker], inbox: SchedulerInbox, tracked: TrackedParts, debounce: Duration, maxWait: Duration
    ) {
        self.fleet = fleet
        self.trackers = trackers
        self.inbox = inbox
        self.tracked = tracked
        news = BroadcastSchedule(debounce: debounce, maxWait: maxWait)
        lists = BroadcastSchedule(debounce: debounce, maxWait: maxWait, bytesPerSecond: BroadcastSchedule.listBytesPerSecond)
    }

    /// Works until its task is cancelled. Everything happens in this one loop, in order: whatever is awaited in between, no second
    /// broadcast can overtake the first.
    func run() async {
        await withTaskCancellationHandler {
            while !Task.isCancelled {
                await step()
                await inbox.wait(until: nextStep(at: MonotonicTime.now))
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
        isFollowing = true
        await fleet.want(
            kinds.contains { $0.mode == .delta } ? .rows : .routes, by: .viewers, lists: looked(kinds, content.adminRequests))
        await round(at: MonotonicTime.now, kinds, content.adminRequests)
    }

    /// What is looked at of single connections.
    private func looked(_ kinds: Set<SubscriptionKind>, _ requests: [SchedulerInbox.AdminRequest]) -> Demand.Lists {
        let scopes = kinds.filter { $0.mode != .summary }.map(\.scope) + requests.map(\.scope)
        guard let most = scopes.max(), most >= .connections else { return .none }
        return most == .ips && tracked.addresses ? .addresses : .rows
    }

    private func noteChange(first: Duration, last: Duration) {
        news.noteChange(first: first, last: last)
        lists.noteChange(first: first, last: last)
    }

    /// Nobody wants to know.
    private func rest() async {
        guard isFollowing else { return }
        isFollowing = false
        nextLook = nil
        await fleet.want(nil, by: .viewers)
        let now = MonotonicTime.now
        news.didBroadcast(at: now, bytes: 0)
        lists.didBroadcast(at: now, bytes: 0)
    }

    /// When there is something to do, should nothing happen until then; nil for never. It may be over already.
    private func nextStep(at now: Duration) -> Duration? {
        var times = waiting.map { max($0.notBefore, earliestAnswer) }
        if let nextLook { times.append(nextLook) }
        for schedule in [news, lists] where isFollowing {
            switch schedule.next(at: now) {
            case .rest: break
            case .wait(let until): times.append(until)
            case .broadcast: times.append(now)
            }
        }
        return times.min()
    }

    // MARK: Telling

    /// One round: what is due for everybody, then a whole `stats` for those who wait for one. All of it is one state with one number,
    /// so the next delta holds exactly what changed after it.
    private func round(at now: Duration, _ kinds: Set<SubscriptionKind>, _ adminRequests: [SchedulerInbox.AdminRequest]) async {
        let areListsDue = lists.next(at: now) == .broadcast
        let answered = now >= earliestAnswer ? waiting.filter { $0.notBefore <= now } : []
        let isLookDue = nextLook.map { $0 <= now } ?? false
        guard areListsDue || isLookDue || news.next(at: now) == .broadcast || !answered.isEmpty || !adminRequests.isEmpty else { return }
        if !answered.isEmpty {
            waiting.removeAll { $0.notBefore <= now }
            earliestAnswer = now + Self.answerInterval
        }
        let wantsLists = areListsDue && kinds.contains { $0.mode == .snapshot }
        let changes = await fleet.changes(
            rosters: wantsLists || !adminRequests.isEmpty || answered.contains { $0.kind.mode != .summary })
        if let last = changes.lastChange { noteChange(first: last, last: last) }
        let isNews = !changes.delta.isEmpty || changes.cluster != toldCluster
        if isLookDue, isNews { noteChange(first: now, last: now) }
        nextLook = changes.view.isUnsettled ? now + Self.lookInterval : nil
        if isNews { sequence += 1 }
        toldCluster = changes.cluster
        let largestList = await broadcast(changes, isNews: isNews, lists: wantsLists, to: kinds)
        await answer(answered, changes)
        await answer(adminRequests, changes)
        // What changed while the sources were asked is known by its time stamp and stays due.
        news.didBroadcast(at: now, bytes: 0)
        if areListsDue { lists.didBroadcast(at: now, bytes: largestList) }
    }

    /// Tells everybody who is up to date what changed, and whole lists to those who want them where they are due.
    /// - Returns: the size of the largest list.
    private func broadcast(
        _ changes: FleetChanges, isNews: Bool, lists areListsDue: Bool, to kinds: Set<SubscriptionKind>
    ) async -> Int {
        var round = Broadcast(sequence: sequence, messages: [:])
        var largestList = 0
        for kind in kinds {
            switch kind.mode {
            case .delta where isNews:
                let bytes = StatisticsDeltaEncoder.encode(
                    changes.delta, sequence: sequence, form: kind.form(tracksRoutes: tracked.routes), cluster: changes.cluster)
                round.messages[kind] = .delta(bytes)
            case .summary where isNews:
                round.messages[kind] = .whole(encode(changes, for: kind))
            case .snapshot where areListsDue:
                let bytes = encode(changes, for: kind)
                largestList = max(largestList, bytes.count)
                round.messages[kind] = .whole(bytes)
            case .delta, .summary, .snapshot: break
            }
        }
        guard !round.messages.isEmpty else { return 0 }
        for kind in round.messages.keys { broadcasts[kind.mode, default: 0] += 1 }
        for tracker in trackers { await tracker.deliver(round) }
        return largestList
    }

    private func answer(_ requests: [SchedulerInbox.Request], _ changes: FleetChanges) async {
        for (kind, requests) in Dictionary(grouping: requests, by: \.kind) {
            let bytes = encode(changes, for: kind, saysTracked: true)
            for (tracker, requests) in Dictionary(grouping: requests, by: \.tracker) {
                await trackers[tracker].deliver(bytes, to: requests.map(\.subscriber))
            }
        }
    }

    private func answer(_ requests: [SchedulerInbox.AdminRequest], _ changes: FleetChanges) async {
        for (scope, requests) in Dictionary(grouping: requests, by: \.scope) {
            let kind = SubscriptionKind(mode: .snapshot, scope: scope)
            let response = HTTPResponse.json(200, encode(changes, for: kind, envelope: .admin))
            for request in requests { await trackers[request.tracker].respond(response, to: request.socket) }
        }
    }

    /// Whole statistics, as one kind of receiver sees them.
    /// - Parameter saysTracked: whether the receiver hears its scope and what is tracked; who subscribes anew does.
    private func encode(
        _ changes: FleetChanges, for kind: SubscriptionKind, envelope: StatisticsEncoder.Envelope = .message, saysTracked: Bool = false
    ) -> [UInt8] {
        let view = changes.view
        var encoder = StatisticsEncoder(form: kind.form(tracksRoutes: tracked.routes), envelope: envelope)
        encoder.begin(total: view.total, versions: view.versions, routes: view.routes)
        encoder.append(rowsOf: changes.rosters, and: changes.otherRows, shownBy: view)
        return encoder.finish(
            sequence: sequence, timestampMilliseconds: MonotonicTime.wallClockMilliseconds, truncated: view.truncated,
            tracked: saysTracked ? tracked : nil, cluster: changes.cluster)
    }
}
