/// The wire between nodes: what is said on it reaches all who listen at that moment, the speaker included, at most once and in the order
/// in which one speaker said it. It keeps nothing.
///
/// Any thread may call. It connects by itself, and anew with a growing pause whenever the connection is lost.
package protocol PeerBus: Sendable {
    /// Begins. Called once.
    /// - Parameter tell: called on a thread of the bus with what happened at one time, one call at a time. It must not wait.
    func open(_ tell: @escaping @Sendable ([BusEvent]) -> Void)

    /// Says these parts, in this order. Without a connection, and where too much waits to be sent, they are dropped.
    func publish(_ parts: [[UInt8]], on channel: BusChannel)

    /// Listens to these channels from now on, and to ``BusChannel/all`` as always. Also before ``open(_:)``.
    func listen(to channels: Set<BusChannel>)

    /// Drops the connection and makes a new one.
    func reconnect()

    /// Ends, when what was said before is on its way: within a second. Nothing is told after it.
    func close() async
}

/// Where something is said.
package enum BusChannel: Hashable, Sendable {
    /// What every node hears.
    case all
    /// The counts of routes, for nodes that have somebody who looks at them.
    case routes
    /// The rows, likewise.
    case rows
    /// What one node alone is to hear; by the mark of its instance.
    case node(UInt32)
}

/// What the bus tells a node.
package enum BusEvent: Sendable, Equatable {
    /// It is connected: what is said from now on is heard, and what was said before may have been missed.
    case connected
    /// It is not connected any more, or could not be. It tries anew by itself.
    case lost(BusFault)
    /// Somebody said this.
    case received([UInt8])
    /// What this node said last on ``BusChannel/all`` went to so many.
    case published(receivers: Int)
}

/// Why there is no connection: a closed set. The raw value is the label of a metric.
package enum BusFault: String, Error, Sendable, CaseIterable {
    case notResolved = "not_resolved"
    case notConnected = "not_connected"
    case notTrusted = "not_trusted"
    case timedOut = "timed_out"
    /// The user or the password is wrong, or one is needed.
    case login
    /// What a node must do there is not allowed to it.
    case notAllowed = "not_allowed"
    /// It is a replica: what is said there is not heard by all.
    case replica
    /// No sentinel says which one is the master.
    case noMaster = "no_master"
    /// It is still loading, or says otherwise that it can do nothing now.
    case busy
    /// The other side ended the connection.
    case closed
    /// The other side does not answer.
    case silent
    /// What it says is no RESP, or no answer to what was asked.
    case malformed
    /// It does not take what is said, and too much waits.
    case overflow
    /// The node asked for another connection: its own words do not come back.
    case noEcho = "no_echo"

    /// For a log line or an error: what is wrong, as a sentence.
    package var sentence: String {
        switch self {
        case .notResolved: "Its name is not known."
        case .notConnected: "Nobody accepts connections there."
        case .notTrusted: "Its certificate is not trusted, or it does not speak TLS."
        case .timedOut: "It did not answer in time."
        case .login: "It does not accept the user or the password of the URL."
        case .notAllowed: "The user may not PUBLISH or SUBSCRIBE on the channels of this namespace."
        case .replica: "It is a replica; nodes must be connected to the master."
        case .noMaster: "No sentinel knows a master of that name."
        case .busy: "It is busy or still loading."
        case .closed: "It ended the connection."
        case .silent: "It does not answer any more."
        case .malformed: "It does not speak as Redis does."
        case .overflow: "It does not take what is sent."
        case .noEcho: "What this node says does not come back."
        }
    }
}
