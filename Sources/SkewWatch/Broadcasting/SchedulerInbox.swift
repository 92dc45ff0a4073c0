internal import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

/// What loops tell the broadcast scheduler, from their own threads and without waiting for it.
///
/// Nothing here grows without bound: changes are one time stamp, and a subscriber has at most one request.
final class SchedulerInbox: Sendable {
    /// A socket that is to get one whole `stats`: it subscribed, or it was too slow and has drained.
    struct Request: Sendable {
        /// Which tracker the subscriber belongs to.
        var tracker: Int
        var subscriber: Subscriber.ID
        var kind: SubscriptionKind
        /// Not before this time: what was sent to it already was large.
        var notBefore: Duration
    }

    struct Content: Sendable {
        /// The time of the first change since the last look.
        var firstChange: Duration?
        var requests: [Request] = []
        var adminRequests: [AdminRequest] = []
    }

    /// An HTTP request for the statistics of the moment.
    struct AdminRequest: Sendable {
        var tracker: Int
        var socket: SocketID
        /// How much its reader may see.
        var scope: StatisticsScope
    }

    private struct State {
        var content = Content()
        var subscribers: [SubscriptionKind: Int] = [:]
    }

    private let state = Mutex(State())
    private let wakeup = Wakeup()
    /// Who tells other nodes; nil where there are none.
    private let member: ClusterInbox?

    init(member: ClusterInbox? = nil) {
        self.member = member
    }

    /// Something changed on a loop. A loop says so once, and then again only after its changes were taken.
    func noteChange(at time: Duration) {
        member?.noteChange(at: time)
        noteOtherChange(at: time)
    }

    /// Something changed elsewhere: on other nodes.
    func noteOtherChange(at time: Duration) {
        signal { state in
            state.content.firstChange = min(time, state.content.firstChange ?? time)
        }
    }

    func request(_ request: Request) {
        signal { $0.content.requests.append(request) }
    }

    func requestAdminStatistics(_ request: AdminRequest) {
        signal { $0.content.adminRequests.append(request) }
    }

    /// Counts the subscribers of each kind, over all loops.
    func subscribersChanged(_ kind: SubscriptionKind, by step: Int) {
        signal { state in
            let count = (state.subscribers[kind] ?? 0) + step
            state.subscribers[kind] = count == 0 ? nil : count
        }
    }

    /// The kinds somebody subscribes to now.
    var kinds: Set<SubscriptionKind> { state.withLock { Set($0.subscribers.keys) } }

    /// How many subscribe, by kind.
    var subscribers: [SubscriptionKind: Int] { state.withLock { $0.subscribers } }

    /// Wakes the scheduler without news; a timer does.
    func wake() {
        signal { _ in }
    }

    func take() -> Content {
        state.withLock { state in
            defer { state.content = Content() }
            return state.content
        }
    }

    /// Returns when there was a signal since the last call, and at the latest at this time; nil for no bound. One caller at a time: the
    /// scheduler.
    func wait(until time: Duration?) async { await wakeup.wait(until: time) }

    private func signal(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
        wakeup.signal()
    }
}
