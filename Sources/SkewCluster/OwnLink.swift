/// This node's own connection to the bus: whether it can be trusted now.
package struct OwnLink: Sendable {
    /// Why the connection must be made anew.
    package enum Fault: Sendable, Equatable {
        /// Heartbeats go out and do not come back.
        case noEcho
        /// Others are heard who do not hear this node: it may be attached to a replica, or to an old master.
        case unheard
    }

    /// When the connection was made; nil while there is none.
    package private(set) var since: Duration?
    private var echo: Duration?
    private var settlingSince: Duration
    /// Whether a heartbeat ever came back.
    package private(set) var hasEverHeardItself = false

    package init(at now: Duration) {
        settlingSince = now
    }

    package mutating func connected(at now: Duration) {
        (since, echo) = (now, nil)
        settlingSince = now
    }

    package mutating func lost() {
        (since, echo) = (nil, nil)
    }

    /// A heartbeat of this node came back.
    package mutating func heardItself(at now: Duration) {
        guard since != nil else { return }
        echo = now
        hasEverHeardItself = true
    }

    /// Something may have been missed: nothing is sure before a full round of heartbeats.
    package mutating func settle(at now: Duration) { settlingSince = now }

    package func isSettling(at now: Duration) -> Bool { now - settlingSince < ClusterTimes.settling }

    /// The later of `time` and the moment from which on this node can have been heard at all.
    package func fromSettlingOn(_ time: Duration) -> Duration { max(time, settlingSince) }

    /// Whether what this node knows may be out of date.
    package func isInDoubt(at now: Duration) -> Bool {
        guard since != nil, !isSettling(at: now), let echo else { return true }
        return now - echo > ClusterTimes.echo
    }

    package func hasNoEcho(at now: Duration) -> Bool {
        guard let since else { return false }
        // While this node itself stood still it heard nothing, which is no fault of the link.
        return now - max(echo ?? since, fromSettlingOn(since)) > ClusterTimes.deadLink
    }
}
