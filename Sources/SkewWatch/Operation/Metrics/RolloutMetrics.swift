internal import Presence

/// Where the rollout stands, for the metrics: of the whole fleet, so in a cluster every node says the same.
struct RolloutMetrics: Sendable, Equatable {
    var current: Int
    var old: Int
    var preview: Int
    /// When the release was announced or first set, in milliseconds since 1970.
    var since: Int64

    /// nil while no release is known.
    /// - Parameter previews: versions that are never old.
    init?(_ versions: [String: Int], _ release: ReleaseHistory.Entry?, previews: [String]) {
        guard let release else { return nil }
        (current, old, preview, since) = (0, 0, 0, release.since)
        for (version, tabs) in versions {
            if version == release.version {
                current += tabs
            } else if RolloutCourse.matches(version, previews) {
                preview += tabs
            } else {
                old += tabs
            }
        }
    }

    func append(to text: inout MetricsText) {
        text.begin(
            "rollout_tabs", .gauge,
            "Counted tabs of all nodes by whether they run the release; every node says the same, so it is never summed.")
        for (state, tabs) in [("current", current), ("old", old), ("preview", preview)] {
            text.sample("rollout_tabs", [("state", state)], tabs)
        }
        text.single(
            "release_timestamp_seconds", .gauge, "When the release came out, in seconds since 1970.", Double(since) / 1000)
    }
}
