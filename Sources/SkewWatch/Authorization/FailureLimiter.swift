internal import Synchronization

/// Slows down who guesses tokens: so many wrong ones from one address, and further ones are denied unseen for a while.
///
/// Addresses are not kept, only hashes of them that mean nothing outside of this process. An IPv6 address counts by its first half,
/// which is what one customer is given.
final class FailureLimiter: Sendable {
    /// Wrong tokens that an address may show at once; then one every ``pause``.
    static let burst = 50
    static let pause = Duration.milliseconds(200)
    /// Addresses that are remembered.
    static let maxAddresses = 10_000

    private struct State {
        /// For each address, the time at which all its failures are forgotten.
        var clearAt: [Int: Duration] = [:]
    }

    private let state = Mutex(State())

    func isOverLimit(_ address: NetworkAddress?, now: Duration) -> Bool {
        guard let key = address.map(Self.key) else { return false }
        return state.withLock { ($0.clearAt[key] ?? now) - now > Self.pause * (Self.burst - 1) }
    }

    /// A wrong token came from `address`.
    func noteFailure(_ address: NetworkAddress?, now: Duration) {
        guard let key = address.map(Self.key) else { return }
        state.withLock { state in
            if state.clearAt[key] == nil, state.clearAt.count >= Self.maxAddresses {
                state.clearAt = state.clearAt.filter { $0.value > now }
                // More guessing addresses than can be told apart: somebody's count is forgotten.
                if state.clearAt.count >= Self.maxAddresses, let any = state.clearAt.keys.first { state.clearAt[any] = nil }
            }
            state.clearAt[key] = max(state.clearAt[key] ?? now, now) + Self.pause
        }
    }

    private static func key(_ address: NetworkAddress) -> Int {
        (address.isIPv4 ? address.bits : address.bits >> 64).hashValue
    }
}
