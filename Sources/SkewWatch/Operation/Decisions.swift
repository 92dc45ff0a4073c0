internal import Presence
internal import Synchronization

/// What is decided for the whole server: which release is out, and whether it is on its way out. Any thread.
final class Decisions: Sendable {
    private let releases: Mutex<ReleaseHistory>
    private let actHistory: Mutex<ActHistory>
    private let draining = Atomic<Bool>(false)
    private let hurried = Atomic<Bool>(false)

    init(releases: ReleaseHistory, acts: ActHistory = ActHistory()) {
        self.releases = Mutex(releases)
        actHistory = Mutex(acts)
    }

    /// The release that is out now; nil while none is known.
    var release: String? { releases.withLock { $0.current } }

    /// All that were out, as far as they are remembered.
    var releaseHistory: ReleaseHistory { releases.withLock { $0 } }

    /// A release is out.
    /// - Parameter moment: milliseconds since 1970.
    func announce(_ version: String, by: String?, to target: String?, at moment: Int64) {
        releases.withLock { $0.record(version, .announcement, by: by, to: target, at: moment) }
    }

    /// So many tabs were told of the newest release of this version.
    func note(told count: Int, of version: String) { releases.withLock { $0.note(told: count, of: version) } }

    /// What another node remembers of the time before this one came.
    func take(_ entries: [ReleaseHistory.Entry]) { releases.withLock { $0.take(entries) } }

    /// What was done with announcements, as far as it is remembered, oldest first.
    var acts: [Act] { actHistory.withLock { $0.acts } }

    func changeActs<Answer: Sendable>(_ body: (inout ActHistory) -> Answer) -> Answer { actHistory.withLock { body(&$0) } }

    /// Whether the server is on its way out: probes and health say so.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Whether the rest is to be closed at once.
    var isHurried: Bool { hurried.load(ordering: .relaxed) }

    func hurry() { hurried.store(true, ordering: .relaxed) }

    func startDraining() { draining.store(true, ordering: .relaxed) }
}
