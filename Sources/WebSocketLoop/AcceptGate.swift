internal import Synchronization

/// How many connections all loops of a server hold together, and how many they may.
package final class ConnectionBudget: Sendable {
    private let most: Atomic<Int>
    private let open = Atomic<Int>(0)
    private let onEmpty = Mutex<(@Sendable () -> Void)?>(nil)

    package init(limit: Int) {
        most = Atomic(limit)
    }

    /// The most connections that may be open at once.
    package var limit: Int { most.load(ordering: .relaxed) }

    /// Connections above a lower limit stay open. Any thread.
    package func change(limit: Int) { most.store(limit, ordering: .relaxed) }

    /// Connections that are open now, those that have not finished their handshake included. Any thread.
    package var openConnections: Int { open.load(ordering: .relaxed) }

    func take() -> Bool {
        if open.add(1, ordering: .relaxed).newValue <= limit { return true }
        open.subtract(1, ordering: .relaxed)
        return false
    }

    func giveBack() {
        if open.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { tellEmpty() }
    }

    /// Calls `action` once, as soon as no connection is open: now, or on the thread that closes the last one. Any thread.
    package func whenEmpty(_ action: @escaping @Sendable () -> Void) {
        onEmpty.withLock { $0 = action }
        if open.load(ordering: .sequentiallyConsistent) == 0 { tellEmpty() }
    }

    private func tellEmpty() {
        let action = onEmpty.withLock { action in
            defer { action = nil }
            return action
        }
        action?()
    }
}

/// Decides what happens to the next connection in the kernel's backlog. A pure rule: the listener carries it out.
struct AcceptGate {
    enum Decision: Equatable {
        /// Take it.
        case accept
        /// Leave it in the backlog until a handshake has ended: nobody is refused because others are slow.
        case hold
    }

    /// What to do about an `accept` that failed.
    enum Failure: Equatable {
        /// The backlog is empty, or this connection is already gone: wait for the next event.
        case wait
        /// Descriptors ran out: use the spare one to hang up on the first in line. Log when `isFirst`.
        case shed(isFirst: Bool)
    }

    let maxPendingHandshakes: Int
    private(set) var pendingHandshakes = 0
    private(set) var isOutOfDescriptors = false

    init(maxPendingHandshakes: Int) {
        self.maxPendingHandshakes = maxPendingHandshakes
    }

    func next() -> Decision {
        pendingHandshakes < maxPendingHandshakes ? .accept : .hold
    }

    mutating func accepted() {
        pendingHandshakes += 1
        isOutOfDescriptors = false
    }

    /// One connection finished its handshake or went away before.
    /// - Returns: true when a gate that held is open again.
    mutating func handshakeEnded() -> Bool {
        pendingHandshakes -= 1
        return pendingHandshakes == maxPendingHandshakes - 1
    }

    mutating func failed(outOfDescriptors: Bool) -> Failure {
        guard outOfDescriptors else { return .wait }
        defer { isOutOfDescriptors = true }
        return .shed(isFirst: !isOutOfDescriptors)
    }
}
