internal import SkewCluster

/// What the member of a cluster counts, for the metrics.
struct ClusterCounters: Sendable {
    /// The kinds of messages: a closed set, with the names that metrics use.
    enum Kind: String, Sendable, CaseIterable, Hashable {
        case heartbeat, delta, snapshot, leave, note

        init(_ body: ClusterMessage.Body) {
            switch body {
            case .heartbeat: self = .heartbeat
            case .delta: self = .delta
            case .snapshot: self = .snapshot
            case .leave: self = .leave
            case .note: self = .note
            }
        }
    }

    /// Why something that came was not taken.
    enum Rejection: String, Sendable, CaseIterable, Hashable {
        case seal, truncated, magic, value, missing, size, foreign, overrun

        init(_ error: MessageError) {
            switch error {
            case .truncated: self = .truncated
            case .magic: self = .magic
            case .value: self = .value
            case .missing: self = .missing
            case .size: self = .size
            }
        }
    }

    var sent: [Kind: Int] = [:]
    var received: [Kind: Int] = [:]
    var sentBytes = 0
    var receivedBytes = 0
    var rejected: [Rejection: Int] = [:]
    /// Connections that were lost or could not be made.
    var lost: [BusFault: Int] = [:]
}
