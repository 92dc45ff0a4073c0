internal import Presence
internal import SkewCluster

/// The rows whose tabs came lately and were connected before, as they say: what becomes of them meanwhile concerns other nodes. A value,
/// handed the time.
struct FreshClaims: Sendable {
    /// Longer than a node waits for another one that is silent.
    static let memory = Duration.seconds(10)

    private var claims: [Slot: (claim: TabClaim, at: Duration)] = [:]
    private var nextLook = Duration.zero

    mutating func add(_ claim: TabClaim, _ slot: Slot, at now: Duration) { claims[slot] = (claim, now) }

    func claim(at slot: Slot) -> TabClaim? { claims.isEmpty ? nil : claims[slot]?.claim }

    /// The row is gone.
    mutating func remove(_ slot: Slot) -> TabClaim? { claims.isEmpty ? nil : claims.removeValue(forKey: slot)?.claim }

    /// Forgets those that are old.
    mutating func expire(at now: Duration) {
        guard !claims.isEmpty, now >= nextLook else { return }
        nextLook = now + .seconds(1)
        claims = claims.filter { now - $0.value.at <= Self.memory }
    }
}
