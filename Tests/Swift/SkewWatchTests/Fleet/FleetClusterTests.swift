import Logging
import Presence
import SkewCluster
import Testing

@testable import SkewWatch

/// What a node tells the others of its own loops.
@Suite struct FleetClusterTests {
    private func cluster(versions: Int = 10) -> FleetCluster {
        let member = ClusterMember(
            ClusterSettings(Configuration(), nil), bus: MemoryBus(MemoryBus.Hub()), access: ClusterAccess(), logger: .init(label: "test"),
            hooks: .init())
        let limits = StatisticsLimits(versions: versions, routes: 10, listedConnections: 0, tracksRoutes: true)
        return FleetCluster(member, limits: limits)
    }

    @Test func `loops are summed, and only what changed is told`() {
        var cluster = cluster()
        for (loop, count) in [(0, 2), (1, 3)] {
            let delta = StatisticsDelta(total: count, listed: 0, versions: ["a": count], routes: ["/": count])
            let changes = SourceChanges(delta: delta, lastChange: .seconds(loop), movements: Movements(arrivals: ["a": count]))
            cluster.note(changes, of: SourceID(loop))
        }
        let told = cluster.takeOwn(at: .zero, pinned: [])
        #expect(told.versions == ["a": 5] && told.routes == ["/": 5] && told.arrivals == ["a": 5] && told.lastChange == .seconds(1))
        let nothing = cluster.takeOwn(at: .zero, pinned: [])
        #expect(nothing.versions.isEmpty && nothing.arrivals.isEmpty && nothing.lastChange == nil)
    }

    @Test func `the last tab of a version keeps its name on its way to another node`() {
        var cluster = cluster()
        cluster.note(SourceChanges(delta: StatisticsDelta(total: 1, listed: 0, versions: ["a": 1], routes: ["/x": 1])), of: SourceID(0))
        _ = cluster.takeOwn(at: .zero, pinned: [])
        let tab = DisplacedTab(version: "a", route: "/x", closed: .seconds(1), due: .seconds(5))
        let gone = StatisticsDelta(total: 0, listed: 0, versions: ["a": 0], routes: ["/x": 0])
        cluster.note(SourceChanges(delta: gone, movements: Movements(displaced: [tab])), of: SourceID(0))
        let told = cluster.takeOwn(at: .zero, pinned: [])
        #expect(told.displaced == [tab] && told.versions == ["a": 0])
    }

    @Test func `beyond the cap names are told as other`() {
        var cluster = cluster(versions: 1)
        let delta = StatisticsDelta(total: 3, listed: 0, versions: ["a": 2, "b": 1], routes: ["/": 3])
        cluster.note(SourceChanges(delta: delta, movements: Movements(arrivals: ["a": 2, "b": 1])), of: SourceID(0))
        let told = cluster.takeOwn(at: .zero, pinned: [])
        #expect(told.versions == ["a": 2, Statistics.otherName: 1] && told.arrivals == told.versions)
    }
}
