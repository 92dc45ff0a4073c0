internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// What one connection asks of the authorizers: that it may watch, or go on watching.
struct SubscriptionRequest: Sendable, Equatable {
    enum Purpose: Sendable {
        /// The client asked and is answered.
        case subscription
        /// What was granted is looked at again; the client notices a no, or another scope, and nothing else.
        case renewal
    }

    /// What is known of who asks: who waits to be decided is served in this order.
    enum Standing: Int, Sendable, Comparable {
        /// It watches now, and what was granted to it holds.
        case watching
        /// Nothing is known of it.
        case newcomer
        /// It was denied before, on this same connection.
        case denied

        static func < (left: Standing, right: Standing) -> Bool { left.rawValue < right.rawValue }
    }

    var purpose: Purpose
    var socket: SocketID
    var connection: ConnectionID
    var mode: StatisticsMode
    var credentials: Credentials
    /// Whether its handshake showed more than is kept, so that it can't be decided by that.
    var isCut = false
    var standing = Standing.newcomer
    /// Unique on its loop; given when it is submitted.
    var number = 0
    /// The desk's epoch when it was submitted: what is decided by secrets of before, or before a revocation, does not count.
    var epoch = 0
}
