import TestRandom
import Testing

@testable import SkewCluster

/// Random faults; afterwards every node must count what is there, by version and route, and say that it is sure.
@Suite struct ClusterChaosTests {
    private enum Fault: CaseIterable { case kill, stop, cut, drain, killBus, stallBus, dropLink, join, replica, announce, roam }

    @Test(arguments: Seeds.some(8, long: 24)) func `whatever happened, every node converges to the recount`(seed: UInt64) {
        chaos(seed, BusFaults())
    }

    @Test(arguments: Seeds.some(4, long: 8)) func `… also where the bus does not say to how many a message went`(seed: UInt64) {
        chaos(seed, BusFaults(isBlind: true))
    }

    private func chaos(_ seed: UInt64, _ faults: BusFaults) {
        let cluster = SimulatedCluster(seed: seed, faults: faults)
        for _ in 0..<4 { cluster.addNode() }
        cluster.run(until: 3)
        populate(cluster, 240)
        let end = 60.0
        cluster.after(2) { churn(cluster, perSecond: 25, until: end) }
        cluster.after(4) { self.fault(cluster, until: end - 12) }
        while cluster.now < end + 74 {
            cluster.run(until: cluster.now + 0.5)
            for node in cluster.live {
                let negative = Section.allCases.contains { node.node.counts($0).values.contains { $0 < 0 } }
                #expect(!negative, "seed \(seed): a count is negative at \(cluster.now)")
            }
        }
        // A lost echo makes a node doubt for a moment, and more than one may be lost.
        for _ in 0..<3 where !disagreements(cluster).isEmpty { cluster.run(until: cluster.now + 3) }
        #expect(disagreements(cluster) == [], "seed \(seed)")
    }

    private func disagreements(_ cluster: SimulatedCluster) -> [String] {
        let newest = cluster.live.first?.node.release
        return cluster.live.flatMap { node in
            var faults: [String] = []
            for section in Section.allCases where node.node.counts(section).filter({ $0.value != 0 }) != cluster.recount(section) {
                faults.append("\(node.name) counts \(node.node.counts(section)), there are \(cluster.recount(section))")
            }
            if !node.isWhole { faults.append("\(node.name) doubts \(node.node.doubts(at: cluster.time))") }
            if node.node.release != newest { faults.append("\(node.name) has another release") }
            return faults
        }
    }

    private func fault(_ cluster: SimulatedCluster, until end: Double) {
        guard cluster.now < end else { return }
        cluster.after(cluster.draw(1...6)) { self.fault(cluster, until: end) }
        let running = cluster.live.filter { !$0.isStopped && !$0.isDraining }
        let what = Fault.allCases.randomElement(using: &cluster.random) ?? .join
        guard let node = running.randomElement(using: &cluster.random) else { return }
        let isOneOfSeveral = running.count >= 2
        switch what {
        case .kill where isOneOfSeveral:
            node.kill()
            if cluster.draw(0...1) < 0.7 { cluster.after(cluster.draw(0.2...5)) { cluster.addNode() } }
        case .stop where isOneOfSeveral:
            node.stop()
            cluster.after([1, 3, 8, 12].randomElement(using: &cluster.random) ?? 1) { node.resume() }
        case .drain where isOneOfSeveral:
            node.drain(seconds: [0, 3].randomElement(using: &cluster.random) ?? 0)
            if cluster.draw(0...1) < 0.8 { cluster.after(cluster.draw(0...4)) { cluster.addNode() } }
        case .cut:
            node.isCut = true
            cluster.after([0.5, 4, 9].randomElement(using: &cluster.random) ?? 4) { node.isCut = false }
        case .killBus where cluster.isBusUp:
            cluster.killBus()
            cluster.after([0.3, 3, 9].randomElement(using: &cluster.random) ?? 3) { cluster.reviveBus() }
        case .stallBus where cluster.canDial:
            cluster.stallBus()
            cluster.after([1, 4, 9].randomElement(using: &cluster.random) ?? 4) { cluster.resumeBus() }
        case .dropLink: node.loseLink()
        case .replica: node.isOnReplica = true
        case .roam: for tab in cluster.tabs.shuffled(using: &cluster.random).prefix(20) { tab.roam() }
        case .announce: node.announce(Array("r\(cluster.now)".utf8))
        case .join where cluster.live.count < 6: cluster.addNode()
        default: break
        }
    }
}

/// Opens so many tabs within a second, half of them with the stock client unless told.
func populate(_ cluster: SimulatedCluster, _ count: Int, stockShare: Double = 0.5) {
    for _ in 0..<count {
        let tab = SimulatedTab(in: cluster, isStock: cluster.draw(0...1) < stockShare)
        cluster.tabs.append(tab)
        cluster.after(cluster.draw(0...1)) { tab.connect() }
    }
}

/// So many opens, closes and moves per second.
func churn(_ cluster: SimulatedCluster, perSecond rate: Double, until end: Double) {
    guard cluster.now < end else { return }
    cluster.after(cluster.draw(0...2 / rate)) { churn(cluster, perSecond: rate, until: end) }
    let what = cluster.draw(0...1)
    if what < 0.34 {
        let tab = SimulatedTab(in: cluster, isStock: cluster.draw(0...1) < 0.5)
        cluster.tabs.append(tab)
        tab.connect()
    } else if what < 0.67 {
        cluster.tabs.filter { $0.node?.isStopped == false }.randomElement(using: &cluster.random)?.leave()
        cluster.tabs.removeAll(where: \.isGone)
    } else {
        cluster.tabs.randomElement(using: &cluster.random)?.move()
    }
}
