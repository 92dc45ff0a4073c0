internal import Synchronization

/// What all loops of a server know together, each part safe from any thread.
final class SharedState: Sendable {
    let inbox = SchedulerInbox()
    let streams = StreamDirectory()
    /// nil where addresses have no limit.
    let addresses: AddressBudget?
    let startedAt = MonotonicTime.now
    private let draining = Atomic<Bool>(false)
    private let trackers = Mutex<[ConnectionTracker]>([])

    init(maxConnectionsPerAddress: Int?) {
        addresses = maxConnectionsPerAddress.map { AddressBudget(limit: $0) }
    }

    /// The tracker of the loop number `index`, once all are made.
    func tracker(_ index: Int) -> ConnectionTracker? {
        trackers.withLock { $0.indices.contains(index) ? $0[index] : nil }
    }

    /// Says which trackers there are; none any more when they end.
    func setTrackers(_ trackers: [ConnectionTracker]) { self.trackers.withLock { $0 = trackers } }

    /// Whether the server is on its way out: probes and health say so.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func startDraining() { draining.store(true, ordering: .relaxed) }
}
