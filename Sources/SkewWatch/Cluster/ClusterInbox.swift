internal import SkewCluster
internal import Synchronization

/// What the bus and the loops tell the member of a cluster, from their own threads and without waiting for it. Bounded by bytes.
final class ClusterInbox: Sendable {
    /// What this node has to say of announcements.
    enum Spoken: Sendable {
        case give(UInt64, AnnouncementOrder)
        case change(UInt64, Change, ControlRemark?)
    }

    /// What becomes of an announcement that is on its way.
    enum Change: Sendable {
        case stop
        /// Tabs in a second; nil for as many as the nodes can.
        case rate(Int?)
    }

    struct Content: Sendable {
        /// What the bus said, and when.
        var events: [(event: BusEvent, time: Duration)] = []
        /// Messages were dropped, for there were more than could be taken in.
        var isOverrun = false
        /// The time of the first change on a loop since the last look.
        var firstChange: Duration?
        /// What was announced on this node, and what was changed of announcements, in that order.
        var orders: [Spoken] = []
        /// What was taken back on this node.
        var revocations: [String] = []
        /// What other nodes are to hear, each alone, by its mark.
        var notes: [(node: UInt32, bytes: [UInt8])] = []
    }

    private struct State {
        var content = Content()
        var bytes = 0
        /// When the member last took what there was.
        var taken = Duration.zero
    }

    private static let maxBytes = 4 << 20
    private static let maxOrders = 256

    private let state = Mutex(State())
    private let wakeup = Wakeup()

    /// On the bus' thread: what came at one time.
    func put(_ events: [BusEvent]) {
        let time = MonotonicTime.now
        state.withLock { state in
            for event in events {
                if case .received(let part) = event {
                    guard state.bytes + part.count <= Self.maxBytes else {
                        state.content.isOverrun = true
                        continue
                    }
                    state.bytes += part.count
                }
                state.content.events.append((event, time))
            }
        }
        // How many heard what this node said is no reason to look at once.
        if events.contains(where: { !$0.isAnswer }) { wakeup.signal() }
    }

    /// Something changed on a loop. It is looked after when its time has come: nobody is woken.
    func noteChange(at time: Duration) {
        state.withLock { $0.content.firstChange = min(time, $0.content.firstChange ?? time) }
    }

    /// All nodes are to tell this to their tabs.
    func give(_ number: UInt64, _ order: AnnouncementOrder) { put(.give(number, order)) }

    /// All nodes are to tell it otherwise.
    /// - Parameter remark: who wants that, where it is an act to remember.
    func change(_ number: UInt64, _ change: Change, _ remark: ControlRemark?) { put(.change(number, change, remark)) }

    private func put(_ spoken: Spoken) {
        state.withLock { $0.content.orders.append(spoken) }
        wakeup.signal()
    }

    /// Something is taken back, and all nodes are to hear it.
    func revoke(_ target: String) {
        state.withLock { state in
            guard state.content.revocations.count < Self.maxOrders else { return }
            state.content.revocations.append(target)
        }
        wakeup.signal()
    }

    /// One node is to hear this. Where more comes than can be said, it is dropped.
    func note(_ bytes: [UInt8], to node: UInt32) {
        state.withLock { state in
            guard state.content.notes.count < Self.maxOrders, bytes.count <= MessageFormat.maxNoteBytes else { return }
            state.content.notes.append((node, bytes))
        }
        wakeup.signal()
    }

    func wake() { wakeup.signal() }

    /// Wakes the member, where nothing else did for so long.
    /// - Returns: when to look again.
    func tick(after pause: Duration) -> Duration {
        let (now, taken) = (MonotonicTime.now, state.withLock(\.taken))
        guard now - taken >= pause else { return taken + pause }
        wakeup.signal()
        return now + pause
    }

    /// Everything but the changes on loops.
    func take() -> Content {
        state.withLock { state in
            defer { (state.content, state.bytes, state.taken) = (Content(firstChange: state.content.firstChange), 0, MonotonicTime.now) }
            return state.content
        }
    }

    /// The time of the first change on a loop that nobody looked after yet.
    var firstChange: Duration? { state.withLock { $0.content.firstChange } }

    /// Forgets the changes on loops: the loops are asked now.
    /// - Returns: the time of the first one.
    func takeChange() -> Duration? {
        state.withLock { state in
            defer { state.content.firstChange = nil }
            return state.content.firstChange
        }
    }

    func wait(until time: Duration?) async { await wakeup.wait(until: time) }
}

extension BusEvent {
    /// Whether it says to how many something went.
    fileprivate var isAnswer: Bool {
        switch self {
        case .published: true
        case .connected, .lost, .received: false
        }
    }
}
