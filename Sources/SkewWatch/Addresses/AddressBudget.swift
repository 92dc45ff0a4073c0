internal import Synchronization

/// How many connections each address has, over all loops. Only kept where there is a limit.
final class AddressBudget: Sendable {
    private let most: Atomic<Int>
    private let counts = Mutex<[NetworkAddress: Int]>([:])

    init(limit: Int) {
        most = Atomic(limit)
    }

    /// The most connections of one address.
    var limit: Int { most.load(ordering: .relaxed) }

    /// Nobody who is there is cut.
    func change(limit: Int) { most.store(limit, ordering: .relaxed) }

    /// Whether a further connection of `address` is one too many.
    func isUsedUp(by address: NetworkAddress) -> Bool {
        counts.withLock { ($0[address] ?? 0) >= limit }
    }

    func take(_ address: NetworkAddress) {
        counts.withLock { $0[address, default: 0] += 1 }
    }

    func giveBack(_ address: NetworkAddress) {
        counts.withLock { counts in
            let left = (counts[address] ?? 0) - 1
            counts[address] = left > 0 ? left : nil
        }
    }
}
