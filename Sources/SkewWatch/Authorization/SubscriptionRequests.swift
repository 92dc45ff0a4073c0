internal import SkewProtocol
internal import WebSocketLoop

/// Who has asked to watch, what is being decided, and who may watch until when: the rule of one loop, without sockets or a clock.
///
/// An event comes in with its time, and what is to be done about it comes out. Of each connection at most one request is being
/// decided; of those that come meanwhile the newest is kept. What was granted holds until its own end, a no, or a revocation.
struct SubscriptionRequests: Sendable {
    enum Action: Sendable, Equatable {
        /// The authorizers are to decide; their decision comes back with ``decided(_:_:now:epoch:)``, at once or later.
        case submit(SubscriptionRequest)
        /// The client watches from now on, and is told everything anew. `isNews` where the log has not said the same of it before.
        case admit(SubscriptionRequest, Grant, isNews: Bool)
        /// The client is told no, and what it watched has ended. The reason is for the log.
        case deny(SubscriptionRequest, reason: String)
        /// Nothing changes: what is granted holds, and is looked at again at this time; at no time of its own where nil.
        case renew(at: Duration?)
        /// What was granted is over, and the client is told so.
        case end(SubscriptionRequest, Grant, AuditLog.End)
    }

    private var entries: [Int: Entry] = [:]
    private var deadlines = DeadlineHeap()
    private var lastNumber = 0

    // MARK: The client

    /// A client asks.
    mutating func asked(_ request: SubscriptionRequest, epoch: Int) -> [Action] {
        change(request.socket.index) { $0.asked(request, &$1, epoch) }
    }

    /// A client wants no more statistics: what it watched is over, and what is being decided for it is void.
    mutating func withdrawn(_ index: Int) {
        _ = change(index) { entry, _ in
            entry.withdrawn()
            return []
        }
    }

    /// The connection is gone.
    mutating func forget(_ index: Int) {
        entries[index] = nil
        deadlines.remove(index)
    }

    // MARK: The authorizers

    /// The authorizers have decided. The connection may be gone by now, its client may have changed its mind, what was granted may
    /// have ended, and the secrets may be others.
    mutating func decided(_ request: SubscriptionRequest, _ decision: Decision, now: Duration, epoch: Int) -> [Action] {
        change(request.socket.index) { $0.decided(request, decision, &$1, now, epoch) }
    }

    // MARK: The clock and the operator

    /// What is over, and what is to be looked at again; called some times a second.
    mutating func due(at now: Duration, epoch: Int) -> [Action] {
        var actions: [Action] = []
        while let index = deadlines.popDue(at: now) {
            actions += change(index) { $0.passTime(&$1, now, epoch) }
        }
        return actions
    }

    /// Takes back what lets a connection watch. What it has asked meanwhile is decided anew, by the new epoch.
    mutating func revoke(_ index: Int) -> [Action] {
        change(index) { entry, _ in entry.end(.revoked) }
    }

    /// Takes back what lets anybody watch.
    mutating func revokeAll() -> [Action] {
        Array(entries.keys).flatMap { revoke($0) }
    }

    /// The secrets are others now: everybody who watches is decided anew.
    mutating func recheck(epoch: Int) -> [Action] {
        Array(entries.keys).flatMap { index in change(index) { $0.renew(&$1, epoch) } }
    }

    /// What lets a connection watch now; nil where nothing does.
    func grant(at index: Int) -> Grant? { entries[index]?.grant }

    private mutating func change(_ index: Int, _ body: (inout Entry, _ lastNumber: inout Int) -> [Action]) -> [Action] {
        var entry = entries[index] ?? Entry()
        let actions = body(&entry, &lastNumber)
        entries[index] = entry.isEmpty ? nil : entry
        deadlines.set(index, due: entry.deadline)
        return actions
    }
}
