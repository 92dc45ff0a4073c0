/// What was taken back lately, by this node or another: every heartbeat tells it, so nobody misses it who is away for less than an hour.
struct RevocationLog: Sendable {
    /// So long it is told and remembered.
    static let memory = Duration.seconds(3600)
    /// The most that one heartbeat tells.
    static let maxTold = 32
    private static let maxEntries = 1000

    private var entries: [UInt64: (target: String, until: Duration)] = [:]

    /// Something is taken back here.
    mutating func add(_ target: String, id: UInt64, at now: Duration) {
        if entries.count >= Self.maxEntries, let oldest = entries.min(by: { $0.value.until < $1.value.until }) { entries[oldest.key] = nil }
        entries[id] = (target, now + Self.memory)
    }

    /// What another node tells.
    /// - Returns: what is news.
    mutating func merge(_ told: [Revocation], at now: Duration) -> [String] {
        var news: [String] = []
        for revocation in told where entries[revocation.id] == nil && revocation.remaining > .zero && entries.count < Self.maxEntries {
            entries[revocation.id] = (revocation.target, now + min(revocation.remaining, Self.memory))
            news.append(revocation.target)
        }
        return news
    }

    /// The newest, for a heartbeat.
    func told(at now: Duration) -> [Revocation] {
        entries.sorted { ($0.value.until, $0.key) > ($1.value.until, $1.key) }.prefix(Self.maxTold).map {
            Revocation(id: $0.key, target: $0.value.target, remaining: $0.value.until - now)
        }
    }

    mutating func expire(at now: Duration) {
        guard !entries.isEmpty else { return }
        entries = entries.filter { $0.value.until > now }
    }
}
