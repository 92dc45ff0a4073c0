internal import Presence
internal import SkewCluster
internal import SkewProtocol

/// What a fleet keeps where there may be other nodes: the sum of this node's own loops, as it is told to them.
struct FleetCluster: Sendable {
    let member: ClusterMember
    /// What was last known of the nodes.
    var report: ClusterReport?
    /// Names are cut by the same rule as for viewers, but over this node alone: what it tells does not depend on the others.
    private var own: FleetView
    private var movements = Movements()
    /// What other nodes are told of the listed rows.
    var rows = OwnRows()
    /// Names that were shown when the last tab of theirs went: so are the tabs that come back.
    private var (shownVersions, shownRoutes): (Set<String>, Set<String>) = ([], [])
    private var lastChange: Duration?

    init(_ member: ClusterMember, limits: StatisticsLimits) {
        self.member = member
        own = FleetView(maxVersions: limits.versions, maxRoutes: limits.routes, maxListed: 0)
    }

    /// A loop begins, or begins anew.
    mutating func begin(_ id: SourceID, _ summary: Statistics) {
        own.replace(id, with: summary, listed: 0)
        rows.needAll()
    }

    /// What a loop said.
    mutating func note(_ changes: SourceChanges, of id: SourceID) {
        rows.take(changes.delta)
        var counts = changes.delta
        (counts.listed, counts.opened, counts.changed, counts.closed) = (0, [], [], [])
        for tab in changes.movements?.displaced ?? [] {
            if own.shownVersion(tab.version) == tab.version { shownVersions.insert(tab.version) }
            if own.shownRoute(tab.route) == tab.route { shownRoutes.insert(tab.route) }
        }
        own.apply(counts, from: id)
        if let time = changes.lastChange { lastChange = max(time, lastChange ?? time) }
        guard let more = changes.movements else { return }
        movements.arrivals.merge(more.arrivals, uniquingKeysWith: +)
        movements.displaced += more.displaced
        movements.claimed += more.claimed
    }

    /// What this node has to tell since the last call, names as it alone would show them.
    mutating func takeOwn(at now: Duration, pinned: [String]) -> OwnChanges {
        defer { (movements, lastChange, shownVersions, shownRoutes) = (Movements(), nil, [], []) }
        _ = own.reconsider(at: now, pinned: pinned)
        let delta = own.takePending(rows: false)
        var changes = OwnChanges(versions: delta.versions, routes: delta.routes, lastChange: lastChange)
        changes.rows = rows.takeChanges()
        for (version, count) in movements.arrivals { changes.arrivals[own.shownVersion(version), default: 0] += count }
        changes.displaced = movements.displaced.map {
            let version = shownVersions.contains($0.version) ? $0.version : own.shownVersion($0.version)
            let route = shownRoutes.contains($0.route) ? $0.route : own.shownRoute($0.route)
            return DisplacedTab(version: version, route: route, closed: $0.closed, due: $0.due, key: $0.key)
        }
        changes.claimed = movements.claimed.map { tab in
            switch tab {
            case .came(let claim, let version, let route, let isReplacing):
                .came(claim, version: own.shownVersion(version), route: own.shownRoute(route), isReplacing: isReplacing)
            case .moved(let key, let route): .moved(key, to: own.shownRoute(route))
            case .gone: tab
            }
        }
        return changes
    }
}

extension SourceID {
    /// All other nodes together. Loops have numbers from 0 on.
    static let otherNodes = SourceID(-1)
}
