internal import Presence
internal import SkewProtocol

/// The whole fleet at one moment, and what changed since the moment before.
struct FleetChanges: Sendable {
    /// What changed since the last time somebody was told, names as shown.
    var delta: StatisticsDelta
    /// The sum at this moment.
    var view: FleetView
    /// The rows at this moment, one roster for each source, where they were asked for; empty else.
    var rosters: [Roster]
    /// The listed rows of other nodes, where rosters were asked for; by whether they run the release, names as they came.
    var otherRows: (old: [ConnectionRow], current: [ConnectionRow]) = ([], [])
    /// When the newest change happened. It may be newer than the question: the sources go on while others are asked.
    var lastChange: Duration?
    /// Which nodes are behind the numbers; nil where this one is alone.
    var cluster: ClusterReport?
}

/// The counts of the fleet at one moment, names as shown.
struct FleetCounts: Sendable {
    var total: Int
    var versions: [String: Int]
    /// Which nodes are behind the numbers; nil where this one is alone.
    var cluster: ClusterReport?
}

/// The counts of the fleet with the rows that they were counted from.
struct FleetCensus: Sendable {
    var counts: FleetCounts
    /// How names are shown.
    var view: FleetView
    /// The rows, one roster for each source.
    var rosters: [Roster]
    /// The listed rows of other nodes, names as they came.
    var otherRows: [ConnectionRow] = []

    /// Connections by tag for each version, versions as shown; of other nodes those that are listed. Costs O(connections with a tag).
    var tagsByVersion: [String: [String: Int]] {
        var tags: [String: [String: Int]] = [:]
        for roster in rosters {
            for (version, parts) in roster.tagsByVersion {
                tags[view.shownVersion(version), default: [:]].merge(parts, uniquingKeysWith: +)
            }
        }
        for row in otherRows { if let tag = row.tag { tags[view.shownVersion(row.version), default: [:]][tag, default: 0] += 1 } }
        return tags
    }

    /// Connections by route for each version: versions as shown, routes by their own names; of other nodes those that are listed. Costs
    /// O(connections).
    var routesByVersion: [String: [String: Int]] {
        var routes: [String: [String: Int]] = [:]
        for roster in rosters {
            for (version, parts) in roster.routesByVersion {
                routes[view.shownVersion(version), default: [:]].merge(parts, uniquingKeysWith: +)
            }
        }
        for row in otherRows { routes[view.shownVersion(row.version), default: [:]][row.route, default: 0] += 1 }
        return routes
    }
}
