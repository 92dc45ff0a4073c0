internal import Presence

/// Which versions are labels of the metrics: a value, handed the counts and the time of each look.
///
/// A label makes a time series that Prometheus keeps for weeks, and anybody can claim a version. So the releases that were announced
/// are labels, and of the others only those with enough tabs for long enough, the largest, no more than a few. The rest is
/// `Statistics.otherName`. The dashboard and the endpoints show more: what they show is forgotten with the tab.
struct VersionLabels: Sendable {
    /// Announced releases that are labels, the newest ones.
    static let maxAnnounced = 20
    /// Others that are labels.
    static let maxOthers = 20
    /// Tabs that another version must have.
    static let leastTabs = 3
    /// At every look for so long.
    static let leastTime = Duration.seconds(60)

    /// Since when versions have had enough tabs, as far as was looked.
    private var candidates: [String: Duration] = [:]
    /// The announced releases that a tab had at some look.
    private var seen: Set<String> = []

    /// The counts by label. They add up to what the versions add up to.
    /// - Parameters:
    ///   - versions: the counts at this moment, names as shown to everybody.
    ///   - announced: the releases that were out, the newest first.
    mutating func counts(of versions: [String: Int], announced: [String], at now: Duration) -> [String: Int] {
        let releases = Set(announced.prefix(Self.maxAnnounced))
        var stayed: [(name: String, count: Int)] = []
        var next: [String: Duration] = [:]
        for (name, count) in versions where count >= Self.leastTabs && name != Statistics.otherName && !releases.contains(name) {
            let since = candidates[name] ?? now
            next[name] = since
            if now - since >= Self.leastTime { stayed.append((name, count)) }
        }
        candidates = next
        stayed.sort { ($1.count, $0.name) < ($0.count, $1.name) }
        // A release that tabs have left is at zero: that is what a rollout's graph ends with. One that none has had yet is no label.
        seen = releases.filter { seen.contains($0) || versions[$0] ?? 0 > 0 }
        var counts = Dictionary(uniqueKeysWithValues: seen.map { ($0, versions[$0] ?? 0) })
        for (name, count) in stayed.prefix(Self.maxOthers) { counts[name] = count }
        let rest = versions.values.reduce(0, +) - counts.values.reduce(0, +)
        if rest > 0 { counts[Statistics.otherName] = rest }
        return counts
    }
}
