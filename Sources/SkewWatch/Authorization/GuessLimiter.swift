internal import Synchronization

/// Slows down who guesses tokens, on every endpoint and every connection: only wrong tokens count, by address.
///
/// A right token that is long passes always: nobody guesses it, so that whoever shares an address with a guesser is not locked out.
/// A short one waits as long as its address is over the limit.
final class GuessLimiter: Sendable {
    /// Wrong tokens that an address may show at once; then one every ``pause``.
    static let burst = 50
    static let pause = Duration.milliseconds(200)
    /// The longest that an address stays over the limit once nothing wrong comes from it any more.
    static let longest = Duration.seconds(10)
    /// Addresses that are remembered.
    static let maxAddresses = 10_000

    private struct State {
        /// For each address, the time at which all its failures are forgotten.
        var clearAt: [AddressHash: Duration] = [:]
    }

    private let state = Mutex(State())

    /// How long a short token of `address` has to wait; nil when it may be tried now.
    func wait(for address: AddressHash?, now: Duration) -> Duration? {
        guard let address else { return nil }
        let over = state.withLock { $0.clearAt[address] ?? now } - now - Self.pause * (Self.burst - 1)
        return over > .zero ? over : nil
    }

    /// A wrong token came from `address`.
    func noteFailure(_ address: AddressHash?, now: Duration) {
        guard let address else { return }
        state.withLock { state in
            if state.clearAt[address] == nil, state.clearAt.count >= Self.maxAddresses {
                state.clearAt = state.clearAt.filter { $0.value > now }
                // More guessing addresses than can be told apart: somebody's count is forgotten.
                if state.clearAt.count >= Self.maxAddresses, let any = state.clearAt.keys.first { state.clearAt[any] = nil }
            }
            let limit = now + Self.pause * (Self.burst - 1) + Self.longest
            state.clearAt[address] = min(limit, max(state.clearAt[address] ?? now, now) + Self.pause)
        }
    }
}
