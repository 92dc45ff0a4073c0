internal import HistoryStore
internal import SkewCluster
internal import Synchronization
internal import WebSocketLoop

/// What all loops of a server know together, each part safe from any thread.
final class SharedState: Sendable {
    let inbox: SchedulerInbox
    /// nil where this node is alone.
    let cluster: ClusterAccess?
    let streams = StreamDirectory()
    /// Which connection stands for each tab that says who it is.
    let tabs: TabDirectory
    let addresses: AddressBudget
    let history = RecentHistory()
    let gate: RolloutGate
    let announcements = AnnouncementBoard()
    /// Keeps history and releases on disk; nil where they are in memory alone.
    let keeper: HistoryOnDisk?
    /// Connections that are open on all loops, crawlers included.
    let openConnections = Atomic<Int>(0)
    let decisions: Decisions
    /// Versions that are neither old nor current: a name, or a beginning and `*`.
    let previews: [String]
    let startedAt = MonotonicTime.now
    /// What the wall clock showed when it started. Rows go by it for as long as the server runs: a clock that jumps must not change them.
    let startedAtMilliseconds = MonotonicTime.wallClockMilliseconds
    private let trackers = Mutex<[ConnectionTracker]>([])

    convenience init(release: String?, addresses: AddressBudget) {
        var releases = ReleaseHistory()
        if let release { releases.record(release, .setting, at: MonotonicTime.wallClockMilliseconds) }
        self.init(releases: releases, addresses: addresses)
    }

    init(
        releases: ReleaseHistory, acts: ActHistory = ActHistory(), addresses: AddressBudget, cluster: ClusterAccess? = nil,
        gate: RolloutGate = RolloutGate(),
        keeper: HistoryOnDisk? = nil, tabs: TabDirectory = TabDirectory(), previews: [String] = []
    ) {
        self.previews = previews
        self.tabs = tabs
        self.cluster = cluster
        inbox = SchedulerInbox(member: cluster?.inbox)
        self.gate = gate
        self.keeper = keeper
        decisions = Decisions(releases: releases, acts: acts)
        self.addresses = addresses
    }

    /// The release that is out now; nil while none is known.
    var release: String? { decisions.release }

    /// A time of this server's clock in milliseconds since 1970, as the rows say it.
    func rowTime(_ now: Duration) -> Int64 { startedAtMilliseconds + Int64((now - startedAt) / .milliseconds(1)) }

    /// The same in steps of a fiftieth of a second since its start: four bytes last for two years and eight months.
    func rowSteps(_ now: Duration) -> UInt32 { UInt32(clamping: Int64((now - startedAt) / .milliseconds(20))) }

    func rowTime(ofSteps steps: UInt32) -> Int64 { startedAtMilliseconds + Int64(steps) * 20 }

    /// The release and the one before it: they are shown by name whatever strangers claim.
    var pinnedVersions: [String] { Array(decisions.releaseHistory.versions.prefix(2)) }

    /// An announcement gets its number, and the other nodes hear of it. Where it sets the release, new connections hear of that from now on.
    /// Who is there is told when it is carried out.
    func give(_ order: AnnouncementOrder) -> Int {
        if order.announcement.setsRelease { adopt(order.announcement.version, order) }
        let id = announcements.takeNumber(node: cluster?.instance.mark)
        if let act = order.act(id) { record(act) }
        cluster?.inbox.give(UInt64(id), order)
        return id
    }

    /// A release is out, and the tabs of all nodes are told at the usual pace.
    /// - Parameter by: who says so, as far as that is known.
    /// - Returns: false where too much waits to be done.
    @discardableResult
    func announce(_ version: String, by: String? = nil) -> Bool {
        let order = AnnouncementOrder(Announcement(version: version), by: by)
        return gate.ask(.init(nobodyWaitsFor: .carryOut(order, id: give(order))))
    }

    /// Another node said that a release is out.
    /// - Parameter order: what is said to the tabs, where that is known; it is carried out by itself. Else they are told at the usual pace.
    func hearRelease(_ version: String, _ order: AnnouncementOrder?) {
        adopt(version, order)
        guard order == nil else { return }
        let usual = AnnouncementOrder(Announcement(version: version), by: nil)
        _ = gate.ask(.init(nobodyWaitsFor: .carryOut(usual, id: announcements.takeNumber(node: cluster?.instance.mark))))
    }

    private func adopt(_ version: String, _ order: AnnouncementOrder?) {
        let (moment, target) = (MonotonicTime.wallClockMilliseconds, order?.announcement.targetInWords)
        decisions.announce(version, by: order?.by, to: target, at: moment)
        keeper?.note(ReleaseRecord(time: moment, version: version, origin: .announced, by: order?.by, target: target))
        // It has a name from now on, also where its tabs had none.
        inbox.noteChange(at: MonotonicTime.now)
        onEveryLoop { $0.setRelease(version) }
    }

    /// Runs `work` on every tracker soon, each on its own thread. Any thread; no task is made for it.
    func onEveryLoop(_ work: @escaping @Sendable (isolated ConnectionTracker) -> Void) {
        for tracker in trackers.withLock({ $0 }) {
            tracker.thread.perform { tracker.assumeIsolated(work) }
        }
    }

    /// Every tracker; none before all are made.
    var allTrackers: [ConnectionTracker] { trackers.withLock { $0 } }

    /// The tracker of the loop number `index`, once all are made.
    func tracker(_ index: Int) -> ConnectionTracker? {
        trackers.withLock { $0.indices.contains(index) ? $0[index] : nil }
    }

    /// Says which trackers there are; none any more when they end.
    func setTrackers(_ trackers: [ConnectionTracker]) { self.trackers.withLock { $0 = trackers } }

    /// Whether this node speaks where one of a cluster is enough.
    var isSpeaker: Bool { cluster?.board.now.isSpeaker ?? true }

    /// Whether the server is on its way out: probes and health say so.
    var isDraining: Bool { decisions.isDraining }
}
