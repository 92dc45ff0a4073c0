import TestRandom
import Testing

@testable import SkewCluster

/// What viewers see while nodes come and go as planned, and when one dies.
@Suite struct ClusterDeployTests {
    @Test(arguments: 1...UInt64(Seeds.rounds(4, long: 8)))
    func `a rolling restart of three nodes neither dips nor doubles`(seed: UInt64) {
        let isNewFirst = seed % 2 == 1
        let cluster = SimulatedCluster(seed: seed)
        let nodes = (0..<3).map { _ in cluster.addNode() }
        cluster.run(until: 3)
        populate(cluster, 3000, stockShare: 1)
        cluster.run(until: 8)
        for (step, old) in nodes.enumerated() {
            let start = 9 + 33 * Double(step)
            if isNewFirst { cluster.at(start) { cluster.addNode() } }
            cluster.at(start + 3) { old.drain(seconds: 25) }
            if !isNewFirst { cluster.at(start + 3 + 11.5) { cluster.addNode() } }
        }
        var ratios: [Double] = []
        while cluster.now < 9 + 3 * 33 + 25 {
            cluster.run(until: cluster.now + 0.1)
            for node in cluster.takers { ratios.append(Double(node.node.total) / 3000) }
        }
        #expect((ratios.min() ?? 0) >= 0.99 && (ratios.max() ?? 2) <= 1.01, "seed \(seed): \(ratios.min() ?? 0)...\(ratios.max() ?? 0)")
        for node in cluster.takers { #expect(node.node.total == 3000 && node.node.returning == 0, "seed \(seed)") }
    }

    @Test(arguments: [true, false], [1, 2, 3, 4])
    func `a node that dies is out of the counts, and every view says so`(isWitnessed: Bool, seed: UInt64) {
        let cluster = SimulatedCluster(seed: seed, faults: BusFaults(isBlind: !isWitnessed))
        let nodes = (0..<3).map { _ in cluster.addNode() }
        cluster.run(until: 3)
        populate(cluster, 3000, stockShare: 1)
        cluster.run(until: 14 + cluster.draw(0...1))
        nodes[0].kill()
        let death = cluster.now
        var (labelledAt, outAt): (Double?, Double?) = (nil, nil)
        while cluster.now < death + 12 {
            cluster.run(until: cluster.now + 0.05)
            let isOut = nodes[1].node.others[nodes[0].instance]?.counts(.summary).isEmpty ?? true
            if isOut, outAt == nil { outAt = cluster.now - death }
            if !nodes[1].isWhole, labelledAt == nil { labelledAt = cluster.now - death }
            // Without the witness stock clients are back before it is out, and the view, which says that it is not sure, has them twice.
            if isWitnessed { #expect(nodes[1].node.total <= 3000 + 30, "seed \(seed): stock clients are never double") }
        }
        #expect(
            (labelledAt ?? 99) <= 2.7 && (outAt ?? 99) <= (isWitnessed ? 2.7 : 6.3), "seed \(seed): \(labelledAt ?? 99), \(outAt ?? 99)")
        #expect(nodes[1].node.total == 3000 && nodes[2].node.total == 3000)
        #expect(nodes[1].node.doubts(at: cluster.time) == [.lost])
        cluster.run(until: death + 70)
        #expect(nodes[1].isWhole && nodes[2].isWhole)
    }
}
