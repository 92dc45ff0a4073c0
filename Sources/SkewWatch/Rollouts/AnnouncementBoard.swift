internal import Synchronization

/// What became of each announcement, over all loops: those that run, and those that ended within a day. Any thread.
final class AnnouncementBoard: Sendable {
    enum State: String, Sendable {
        case running, done, stopped, replaced
    }

    struct Entry: Sendable, Equatable {
        let id: Int
        let announcement: Announcement
        /// Tabs that it was for when it began.
        var matching = 0
        var told = 0
        /// Tabs that went before they were told, or heard of it otherwise.
        var gone = 0
        var rate: Int?
        var state = State.running
        /// Loops that have not told all of theirs.
        var loops: Int
        /// When it ended.
        var end: Duration?

        var left: Int { state == .running ? max(0, matching - told - gone) : 0 }
    }

    private static let kept = Duration.seconds(86_400)
    /// Those that run never fall out.
    private static let capacity = 200

    private let entries = Mutex<[Entry]>([])
    private let lastID = Atomic<Int>(0)

    /// An announcement begins on so many loops.
    /// - Returns: its number, and those that it takes the place of: a tab must not hear of an older release after a newer one.
    func begin(_ announcement: Announcement, loops: Int, at now: Duration) -> (id: Int, replaced: [Int]) {
        let id = lastID.add(1, ordering: .relaxed).newValue
        let replaced = entries.withLock { entries in
            entries.removeAll { $0.end.map { now - $0 > Self.kept } ?? false }
            if entries.count >= Self.capacity, let oldest = entries.firstIndex(where: { $0.state != .running }) {
                entries.remove(at: oldest)
            }
            var replaced: [Int] = []
            for index in entries.indices where entries[index].state == .running && announcement.replaces(entries[index].announcement) {
                (entries[index].state, entries[index].end) = (.replaced, now)
                replaced.append(entries[index].id)
            }
            entries.append(Entry(id: id, announcement: announcement, rate: announcement.rate, loops: loops))
            return replaced
        }
        return (id, replaced)
    }

    /// How many run.
    var runningCount: Int { entries.withLock { $0.count { $0.state == .running } } }

    func setMatching(_ count: Int, of id: Int) { change(id) { $0.matching = count } }

    /// A loop told tabs, or passed them over since they were gone.
    func note(told: Int, gone: Int, of id: Int) {
        change(id) {
            $0.told += told
            $0.gone += gone
        }
    }

    /// A loop has told all of its tabs.
    /// - Returns: the whole entry, where it was the last one.
    func loopIsDone(_ id: Int, at now: Duration) -> Entry? {
        var ended: Entry?
        change(id) { entry in
            entry.loops -= 1
            guard entry.loops == 0, entry.state == .running else { return }
            (entry.state, entry.end) = (.done, now)
            ended = entry
        }
        return ended
    }

    /// Somebody stops it.
    /// - Returns: the entry; nil where there is none of this number.
    func stop(_ id: Int, at now: Duration) -> Entry? {
        var found: Entry?
        change(id) { entry in
            if entry.state == .running { (entry.state, entry.end) = (.stopped, now) }
            found = entry
        }
        return found
    }

    /// Somebody changes its pace.
    /// - Returns: the entry as it was; nil where there is none of this number.
    func setRate(_ rate: Int?, of id: Int) -> Entry? {
        var found: Entry?
        change(id) { entry in
            found = entry
            if entry.state == .running { entry.rate = rate }
        }
        return found
    }

    /// All of them, oldest first.
    func all(at now: Duration) -> [Entry] { entries.withLock { $0.filter { $0.end.map { now - $0 <= Self.kept } ?? true } } }

    private func change(_ id: Int, _ body: (inout Entry) -> Void) {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.id == id }) else { return }
            body(&entries[index])
        }
    }
}

extension Announcement {
    /// Whether what still runs of another is of no use any more: the release has gone on, or the same is told anew.
    func replaces(_ other: Announcement) -> Bool {
        guard other.setsRelease || other.version == version else { return false }
        return setsRelease || other.version == version && other.only == only && other.routes == routes
    }
}
