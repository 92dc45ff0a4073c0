internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// A question of one connection to the authorizers.
struct SubscriptionRequest: Sendable {
    enum Purpose: Sendable {
        /// The client asked and is answered.
        case subscription
        /// What was granted is looked at again; the client notices a no, or another scope, and nothing else.
        case renewal
    }

    var purpose: Purpose
    var socket: SocketID
    /// A verdict that comes back for a socket that has another connection by now is void.
    var connection: ConnectionID
    var mode: StatisticsMode
    var credentials: Credentials
    /// Unique on its loop.
    var serial = 0
    /// The desk's epoch when the question was put: a yes from before a revocation or a new secret is asked for again.
    var epoch = 0
}

/// The one question of a connection that is out, and the newest of those that came meanwhile.
struct AskSlot: Sendable {
    let current: SubscriptionRequest
    var next: SubscriptionRequest?
    /// Nobody wants the answer any more; the place stays taken, so that a client can't have two questions out.
    var isVoid = false
}
