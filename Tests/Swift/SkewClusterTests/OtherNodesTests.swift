import Presence
import Testing

@testable import SkewCluster

/// The one source that all other nodes together are, and who is shown in the list of nodes.
@Suite struct OtherNodesTests {
    @Test(arguments: UInt64(1)...6)
    func `the deltas of the others, added up, are what the others count`(_ seed: UInt64) {
        let cluster = SimulatedCluster(seed: seed, faults: BusFaults(loss: 0.02, reorder: 0.01))
        let nodes = (0..<3).map { _ in cluster.addNode() }
        cluster.run(until: 3.5)
        populate(cluster, 60, stockShare: 0.5)
        var (sums, total) = ([Section.summary: [String: Int](), .routes: [:]], 0)
        cluster.after(3) { nodes[1].kill() }
        cluster.after(6) { nodes[2].drain(seconds: 1) }
        for _ in 0..<60 {
            cluster.run(until: cluster.now + 0.5)
            let delta = nodes[0].takeOthers()
            total = delta.total
            for (section, counts) in [(Section.summary, delta.versions), (.routes, delta.routes)] {
                for (name, count) in counts { sums[section]?[name] = count == 0 ? nil : count }
            }
            for section in [Section.summary, .routes] {
                var wanted = nodes[0].node.counts(section)
                for (name, count) in nodes[0].own(section) { wanted[name, default: 0] -= count }
                // A tab that is held here may be counted by nobody else: then nothing is taken off.
                let positive = wanted.filter { $0.value > 0 }
                #expect(sums[section] == positive, "seed \(seed)")
                if section == .summary { #expect(total == positive.values.reduce(0, +), "seed \(seed)") }
            }
        }
    }

    @Test func `the list of nodes says who is there, who is silent, who left and who is lost`() {
        let cluster = SimulatedCluster(seed: 3, faults: BusFaults(loss: 0, reorder: 0))
        let nodes = (0..<3).map { _ in cluster.addNode() }
        func states() -> [NodeEntry.State] { nodes[0].node.census(at: cluster.time).map(\.state) }
        cluster.run(until: 2)
        #expect(states() == [.joining, .joining, .joining])
        cluster.run(until: 6)
        #expect(states() == [.up, .up, .up])
        nodes[1].stop()
        cluster.run(until: 9)
        #expect(states() == [.up, .silent, .up])
        nodes[2].drain(seconds: 0)
        cluster.run(until: 15)
        #expect(states() == [.up, .lost, .left])
        #expect(nodes[0].node.census(at: cluster.time).map(\.isSelf) == [true, false, false])
    }

    @Test func `names that strangers make come and go do not pile up`() {
        var stream = OwnStream(.summary, maxNames: 10)
        var (copy, longest) = (PeerStream(maxNames: 100), 0)
        copy.beginEmpty(at: 0)
        for number in 0..<5000 {
            let time = Duration.milliseconds(number * 10)
            stream.set("v\(number)", to: 1, arrivals: 1, at: time)
            if number > 0 { stream.set("v\(number - 1)", to: 0, at: time) }
            guard number % 10 == 0, let delta = stream.takeDelta(at: time) else { continue }
            let outcome = copy.apply(delta)
            #expect(outcome != .tooMany && outcome != .gap)
            stream.forgetNames(goneSince: time - .seconds(60))
            longest = max(longest, stream.snapshot(after: time).entries.count)
        }
        #expect(longest < 60 && copy.counts == ["v4990": 1])
    }
}

extension OwnStream {
    /// A copy's snapshot: what is touched is told before.
    fileprivate func snapshot(after time: Duration) -> SectionSnapshot {
        var copy = self
        _ = copy.takeDelta(at: time)
        return copy.snapshot()
    }
}
