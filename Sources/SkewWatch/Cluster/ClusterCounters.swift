internal import SkewCluster

/// What the member of a cluster counts, for the metrics.
struct ClusterCounters: Sendable {
    /// The kinds of messages: a closed set, with the names that metrics use.
    enum Kind: String, Sendable, CaseIterable, Hashable {
        case heartbeat, delta, snapshot, leave, note, claims, answer

        init(_ body: ClusterMessage.Body) {
            switch body {
            case .heartbeat: self = .heartbeat
            case .delta: self = .delta
            case .snapshot: self = .snapshot
            case .leave: self = .leave
            case .note: self = .note
            case .claims: self = .claims
            case .answer: self = .answer
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

    /// What a message is about: a closed set, with the names that metrics use.
    enum Part: String, Sendable, CaseIterable, Hashable {
        case summary, routes, rows
        /// Heartbeats, goodbyes and what is for one node alone.
        case control

        init(_ body: ClusterMessage.Body) {
            let section: Section
            switch body {
            case .delta(let delta, _): section = delta.section
            case .snapshot(let snapshot, _, _): section = snapshot.section
            case .heartbeat, .leave, .note, .claims, .answer:
                self = .control
                return
            }
            switch section {
            case .summary: self = .summary
            case .routes: self = .routes
            case .rows: self = .rows
            }
        }
    }

    var sent: [Kind: Int] = [:]
    var received: [Kind: Int] = [:]
    /// Bytes that were said, by what they are about.
    var sentBytes: [Part: Int] = [:]
    var receivedBytes = 0
    var rejected: [Rejection: Int] = [:]
    /// Deltas of other nodes that were missed.
    var gaps = 0
    /// Copies that were not what their owners count. It is a fault of the program, or a message that was altered.
    var mismatches = 0
    /// Connections that were lost or could not be made.
    var lost: [BusFault: Int] = [:]
}
