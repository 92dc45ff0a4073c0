internal import SkewCluster
internal import Synchronization

/// What became of each announcement, over all loops and nodes: those that run, and those that ended within a day. Any thread.
final class AnnouncementBoard: Sendable {
    enum State: String, Sendable {
        case running, done, stopped, replaced
    }

    struct Entry: Sendable, Equatable {
        let id: Int
        let announcement: Announcement
        /// Tabs that it was for when it began.
        var matching = 0
        /// Whether they were counted already.
        var isCounted = false
        var told = 0
        /// Tabs that went before they were told, or heard of it otherwise.
        var gone = 0
        var rate: Int?
        var state = State.running
        /// Loops that have not told all of theirs.
        var loops: Int
        /// When it ended.
        var end: Duration?
        /// How far the other nodes are, where there are some that know it.
        var others: OrderState?

        var left: Int { state == .running ? max(0, matching - told - gone) : 0 }

        /// Whether some other node has left off before all of its tabs were told.
        var isCutElsewhere: Bool { others.map { $0.matching > $0.told + $0.gone } ?? false }

        /// This node and the others together. It runs for as long as anybody tells.
        var whole: (matching: Int, told: Int, left: Int, state: State) {
            guard let others else { return (matching, told, left, state) }
            let isRunning = state == .running || state == .done && others.isRunning
            return (matching + others.matching, told + others.told, isRunning ? left + others.left : 0, isRunning ? .running : state)
        }
    }

    private static let kept = Duration.seconds(86_400)
    /// Those that run never fall out.
    private static let capacity = 200

    private let entries = Mutex<[Entry]>([])
    private let lastTurn = Atomic<Int>(0)
    private static let nodesOfTurn = 10_000

    /// A number for an announcement: 1, 2, … on a node that is alone. In a cluster it ends in four digits that are the node's, so that two
    /// nodes that announce at the same moment do not take the same one.
    /// - Parameter node: the mark of this node; nil where it is alone.
    func takeNumber(node: UInt32?) -> Int {
        let turn = lastTurn.add(1, ordering: .relaxed).newValue
        return node.map { turn * Self.nodesOfTurn + Int($0) % Self.nodesOfTurn } ?? turn
    }

    /// An announcement begins on so many loops.
    /// - Parameter id: its number; one of another node makes this node's next ones higher.
    /// - Returns: those that it takes the place of: a tab must not hear of an older release after a newer one.
    func begin(_ announcement: Announcement, id: Int, loops: Int, at now: Duration) -> [Int] {
        if id >= Self.nodesOfTurn { lastTurn.max(id / Self.nodesOfTurn, ordering: .relaxed) }
        return entries.withLock { entries in
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
    }

    /// How many run.
    var runningCount: Int { entries.withLock { $0.count { $0.state == .running } } }

    func setMatching(_ count: Int, of id: Int) { change(id) { ($0.matching, $0.isCounted) = (count, true) } }

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
    /// - Parameter ranElsewhere: whether another node, which has stopped it, says that it ran until then.
    /// - Returns: the entry, and whether it ran until now, here or on another node; nil where there is none of this number.
    func stop(_ id: Int, at now: Duration, ranElsewhere: Bool = false) -> (entry: Entry, ran: Bool)? {
        var found: (Entry, Bool)?
        change(id) { entry in
            let ran = entry.whole.state == .running || entry.state == .done && ranElsewhere
            if ran { (entry.state, entry.end) = (.stopped, now) }
            found = (entry, ran)
        }
        return found
    }

    /// How far the other nodes are.
    /// - Returns: the announcements that go on at another pace here from now on, and those that are over, of which more
    ///   is known.
    func note(_ others: [UInt64: OrderState]) -> (repaced: [Int], told: [Entry]) {
        entries.withLock { entries in
            var (repaced, told): ([Int], [Entry]) = ([], [])
            for index in entries.indices {
                guard let state = others[UInt64(entries[index].id)] else { continue }
                let former = entries[index].others?.share
                let before = entries[index].whole
                entries[index].others = state
                let whole = entries[index].whole
                if whole.state != .running, (before.state, before.told) != (whole.state, whole.told) { told.append(entries[index]) }
                guard entries[index].state == .running, entries[index].rate != nil else { continue }
                // Small differences even out; what is left is looked at again with the next words of the others.
                if let former, abs(state.share - former) <= 0.05 * former {
                    entries[index].others?.share = former
                } else {
                    repaced.append(entries[index].id)
                }
            }
            return (repaced, told)
        }
    }

    /// The announcement of this number; nil where there is none.
    func entry(_ id: Int) -> Entry? { entries.withLock { $0.first { $0.id == id } } }

    /// All of them, oldest first.
    var all: [Entry] { entries.withLock { $0 } }

    /// Somebody changes its pace.
    /// - Returns: the entry as it was; nil where there is none of this number.
    func setRate(_ rate: Int?, of id: Int) -> Entry? {
        var found: Entry?
        change(id) { entry in
            found = entry
            if entry.whole.state == .running { entry.rate = rate }
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
