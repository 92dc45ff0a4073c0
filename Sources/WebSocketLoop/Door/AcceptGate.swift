/// Decides what happens to the next connection in the kernel's backlog. A pure rule: the listener carries it out.
struct AcceptGate {
    enum Decision: Equatable {
        /// Take it.
        case accept
        /// Take it, and hang up on the pending connection in this slot: its address has the most.
        case acceptInstead(of: PendingConnections.Slot)
        /// Leave it in the backlog until a pending one has ended: nobody is refused because others are slow.
        case hold
    }

    /// What to do about an `accept` that failed.
    enum Failure: Equatable {
        /// The backlog is empty, or this connection is already gone: wait for the next event.
        case wait
        /// Descriptors ran out: use the spare one to hang up on the first in line. Log when `isFirst`.
        case shed(isFirst: Bool)
    }

    /// The most connections that may be pending.
    let maxPending: Int
    private(set) var isOutOfDescriptors = false

    init(maxPending: Int) {
        self.maxPending = maxPending
    }

    /// Whether so many pending connections let the next one in, whatever it is: almost always.
    func isOpen(with count: Int) -> Bool { count <= maxPending / 2 }

    /// From half of the places on the oldest pending connection of the address that has most of them goes, the likelier the fewer
    /// places are left, and surely when none is: so one address alone never fills them. Where none has more than one, and so
    /// nobody is to blame, a newcomer waits in the kernel.
    /// - Parameter random: asked for only where it matters.
    func next(_ pending: PendingConnections, random: () -> UInt64) -> Decision {
        let half = maxPending / 2
        guard !isOpen(with: pending.count) else { return .accept }
        let isFull = pending.count >= maxPending
        guard let slot = pending.oldestOfTheMany else { return isFull ? .hold : .accept }
        guard isFull || random() % UInt64(maxPending - half) < UInt64(pending.count - half) else { return .accept }
        return .acceptInstead(of: slot)
    }

    mutating func accepted() {
        isOutOfDescriptors = false
    }

    mutating func failed(outOfDescriptors: Bool) -> Failure {
        guard outOfDescriptors else { return .wait }
        defer { isOutOfDescriptors = true }
        return .shed(isFirst: !isOutOfDescriptors)
    }
}
