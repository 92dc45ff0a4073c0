internal import Presence
internal import WebSocketLoop

/// Who watches what, and how far each has come: what is delivered to whom on one loop, without sockets or a clock.
///
/// A subscriber first gets one whole `stats`, and from then on every round of its kind without a gap. One that is too slow for a round
/// gets none until it has drained, and then a whole `stats` again: never more than one message waits for it.
struct Subscriptions: Sendable {
    enum Action: Sendable, Equatable {
        /// The message goes to its socket now.
        case deliver
        /// It still has bytes to take: it catches up when it has drained.
        case catchUp
        /// A whole `stats` is due for it, not before ``Subscriber/earliestStatistics``.
        case due(Subscriber)
    }

    private var subscribers: [Int: Subscriber] = [:]
    private var lastSerial = 0

    /// How many watch.
    var count: Int { subscribers.count }

    /// Those that get the next round of their kind, in no order.
    var current: [Subscriber] { subscribers.values.filter { $0.state == .current } }

    /// What a socket subscribes to; nil where it does not.
    func kind(at index: Int) -> SubscriptionKind? { subscribers[index]?.kind }

    // MARK: Coming and going

    /// A socket may watch from now on, whatever it did before.
    mutating func admit(_ socket: SocketID, _ kind: SubscriptionKind) -> Action {
        lastSerial += 1
        let subscriber = Subscriber(
            id: .init(socket: socket, serial: lastSerial), kind: kind,
            // Asking again is no way round the pace.
            earliestStatistics: subscribers[socket.index]?.earliestStatistics ?? .zero)
        subscribers[socket.index] = subscriber
        return .due(subscriber)
    }

    /// The socket does not watch any more, or is gone.
    /// - Returns: what it had subscribed to.
    @discardableResult
    mutating func forget(_ index: Int) -> SubscriptionKind? { subscribers.removeValue(forKey: index)?.kind }

    // MARK: Delivering

    /// There is a message for a subscriber: the next round for one that is ``current``, or the whole `stats` that was due.
    /// - Parameters:
    ///   - bytes: the size of a whole `stats`; nil for what only says what changed.
    ///   - isBusy: whether the socket still has bytes to take.
    /// - Returns: nil where the subscriber is gone, or is another by now.
    mutating func offer(to id: Subscriber.ID, wholeOf bytes: Int?, isBusy: Bool, at now: Duration) -> Action? {
        guard var subscriber = subscribers[id.socket.index], subscriber.id == id else { return nil }
        subscriber.state = isBusy ? .behind : .current
        if let bytes, !isBusy { subscriber.earliestStatistics = now + BroadcastSchedule.pause(after: bytes) }
        subscribers[id.socket.index] = subscriber
        return isBusy ? .catchUp : .deliver
    }

    /// A socket can take bytes again: one that missed something gets the newest state, whatever it missed.
    mutating func drained(_ index: Int) -> Action? {
        guard let subscriber = subscribers[index], subscriber.state == .behind else { return nil }
        subscribers[index]?.state = .awaitingStatistics
        return .due(subscriber)
    }
}
