internal import SkewProtocol

/// One round of news, encoded: what the scheduler gives to every tracker.
struct Broadcast: Sendable {
    /// The number of the state that it leads to.
    var sequence: Int
    /// The bytes for each kind of subscriber that gets something this time.
    var messages: [SubscriptionKind: Message]

    enum Message: Sendable {
        /// A whole `stats`, open at the end for the receiver's own id.
        case whole([UInt8])
        /// A `stats-delta` from the state before this one.
        case delta([UInt8])

        var bytes: [UInt8] {
            switch self {
            case .whole(let bytes), .delta(let bytes): bytes
            }
        }

        var isWhole: Bool {
            if case .whole = self { true } else { false }
        }
    }
}
