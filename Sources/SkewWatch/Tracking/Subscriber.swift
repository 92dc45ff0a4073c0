internal import WebSocketLoop

/// A socket that may see the statistics, and how far it has come.
struct Subscriber: Sendable, Equatable {
    /// Names a subscriber on its loop. A later subscription on the same socket is another subscriber, so that an answer that is
    /// under way for the earlier one is not taken for it.
    struct ID: Hashable, Sendable {
        let socket: SocketID
        let serial: Int
    }

    enum State: Sendable {
        /// A whole `stats` is on its way from the scheduler; what changes until then is in it.
        case awaitingStatistics
        /// It has everything up to the last broadcast.
        case current
        /// It was too slow for a broadcast: it gets a whole `stats` when it has drained.
        case behind
    }

    let id: ID
    let kind: SubscriptionKind
    var state = State.awaitingStatistics
    /// When the next whole `stats` may be sent: large ones are spaced so that no subscriber gets more than 2 MB per second.
    var earliestStatistics: Duration
}
