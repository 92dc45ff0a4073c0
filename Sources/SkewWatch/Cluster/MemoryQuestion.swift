internal import SkewCluster

/// Whom a node that has just come asks what was before it: the one that has run for longest, and when that does not answer the next. A value,
/// handed the time.
struct MemoryQuestion: Sendable {
    /// An answer is waited for so long.
    static let patience = Duration.seconds(3)
    /// Nobody else is asked after so many.
    static let mostTries = 3

    private var asked: Set<InstanceID> = []
    private var nextAt = Duration.zero

    /// - Parameter nodes: the other nodes that are up, each with how long it has run.
    /// - Returns: whom to ask now; nil for nobody.
    mutating func next(_ nodes: [(instance: InstanceID, uptime: Duration)], uptime: Duration, at now: Duration) -> InstanceID? {
        guard asked.count < Self.mostTries, now >= nextAt else { return nil }
        let older = nodes.filter { $0.uptime > uptime && !asked.contains($0.instance) }
        guard let oldest = older.max(by: { $0.uptime < $1.uptime })?.instance else { return nil }
        asked.insert(oldest)
        nextAt = now + Self.patience
        return oldest
    }
}
