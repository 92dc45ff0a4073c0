internal import Synchronization

/// How many connections all loops of a server hold together, and how many they may.
package final class ConnectionBudget: Sendable {
    private let most: Atomic<Int>
    private let open = Atomic<Int>(0)
    private let onEmpty = Mutex<(@Sendable () -> Void)?>(nil)

    /// What each address may take of them; nil where none has a limit.
    package let addresses: AddressBudget?

    package init(limit: Int, addresses: AddressBudget? = nil) {
        most = Atomic(limit)
        self.addresses = addresses
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
