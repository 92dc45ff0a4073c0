import Testing

@testable import SkewCluster

/// What the protocol learned the hard way, each by name.
@Suite struct ClusterNodeTests {
    /// A bus that loses nothing, unless told.
    private let calm = BusFaults(loss: 0, reorder: 0)

    private func cluster(_ count: Int, tabs: Int = 0) -> (SimulatedCluster, [SimulatedNode]) {
        let cluster = SimulatedCluster(seed: 1, faults: calm)
        let nodes = (0..<count).map { _ in cluster.addNode() }
        cluster.run(until: 3.5)
        populate(cluster, tabs, stockShare: 1)
        cluster.run(until: 6)
        return (cluster, nodes)
    }

    @Test func `a node alone is whole after it has settled, and ready from then on`() {
        let cluster = SimulatedCluster(seed: 1, faults: calm)
        let node = cluster.addNode()
        cluster.run(until: 2)
        #expect(!node.node.isReady(at: cluster.time) && node.node.doubts(at: cluster.time) == [.link])
        cluster.run(until: 4)
        #expect(node.node.isReady(at: cluster.time) && node.isWhole)
    }

    @Test func `a bus that is away keeps nobody from taking tabs for longer than half a minute`() {
        let cluster = SimulatedCluster(seed: 1, faults: calm)
        cluster.killBus()
        let node = cluster.addNode()
        cluster.run(until: 29)
        #expect(!node.node.isReady(at: cluster.time))
        cluster.run(until: 31)
        #expect(node.node.isReady(at: cluster.time) && node.node.doubts(at: cluster.time) == [.link])
    }

    @Test func `a node that stood still for a while does not blame its link, and nobody counts without it`() {
        let (cluster, nodes) = cluster(3, tabs: 90)
        nodes[2].stop()
        cluster.run(until: cluster.now + 4)
        let link = nodes[2].link
        nodes[2].resume()
        for _ in 0..<40 {
            cluster.run(until: cluster.now + 0.1)
            #expect(nodes[0].node.total == 90 && nodes[2].node.total == 90)
        }
        #expect(nodes[2].link == link && nodes.allSatisfy(\.isWhole))
    }

    @Test func `later trouble with the bus does not make a node unready`() {
        let (cluster, nodes) = cluster(2)
        cluster.killBus()
        cluster.run(until: 60)
        #expect(nodes.allSatisfy { $0.node.isReady(at: cluster.time) && !$0.isWhole })
    }

    @Test func `while the bus is away the numbers are local, say so, and are whole soon after it is back`() {
        let (cluster, nodes) = cluster(3, tabs: 90)
        #expect(nodes[0].node.total == 90)
        cluster.killBus()
        cluster.run(until: cluster.now + 0.2)
        #expect(nodes[0].node.total == 90 && nodes[0].node.doubts(at: cluster.time).contains(.link))
        cluster.run(until: cluster.now + 6.5)
        #expect(nodes.reduce(0) { $0 + $1.node.total } == 90, "each its own")
        cluster.run(until: cluster.now + 50)
        let sent = cluster.bytes
        #expect(cluster.bytes == sent, "nothing is queued")
        cluster.reviveBus()
        cluster.run(until: cluster.now + 5.5)
        #expect(nodes.allSatisfy { $0.node.total == 90 && $0.isWhole })
    }

    @Test func `a newcomer learns of a node that is cut off from those who miss it`() {
        let (cluster, nodes) = cluster(3, tabs: 30)
        nodes[0].isCut = true
        cluster.run(until: cluster.now + 10)
        let newcomer = cluster.addNode()
        cluster.run(until: cluster.now + 6)
        #expect(newcomer.node.doubts(at: cluster.time).contains(.lost))
        nodes[0].isCut = false
        cluster.run(until: cluster.now + 10)
        #expect(newcomer.node.total == 30 && newcomer.isWhole)
    }

    @Test func `a stall of mine is no silence of theirs, and does not reach into the future`() {
        let (cluster, nodes) = cluster(3, tabs: 30)
        nodes[0].stop()
        cluster.run(until: cluster.now + 20)
        #expect(nodes[1].node.others[nodes[0].instance]?.counts(.summary) == [:], "the others have given it up")
        nodes[0].resume()
        #expect(
            nodes[0].node.total == 30 && nodes[0].node.doubts(at: cluster.time).contains(.link), "it keeps what it knew, and is not sure")
        #expect(nodes[0].node.others.values.allSatisfy { $0.heard <= cluster.time })
        cluster.run(until: cluster.now + 5)
        #expect(nodes.allSatisfy { $0.node.total == 30 && $0.isWhole })
    }

    @Test func `a node that left is out at once, and whatever is replayed of it is not believed`() throws {
        let (cluster, nodes) = cluster(2, tabs: 20)
        var recorded: ClusterMessage?
        var random = Seeded(9)
        while recorded == nil {
            cluster.run(until: cluster.now + 0.05)
            var copy = nodes[0].node
            for action in copy.advance(to: cluster.time + .seconds(1), using: &random) {
                if case .publish(let message) = action, case .heartbeat = message.body { recorded = message }
            }
        }
        let heartbeat = try #require(recorded)
        nodes[0].drain(seconds: 0)
        cluster.run(until: cluster.now + 12)
        #expect(nodes[1].node.others[nodes[0].instance]?.hasLeft == true && nodes[1].node.total == 20 && nodes[1].isWhole)
        for wait in [0.0, 70, 300] {
            cluster.run(until: cluster.now + wait)
            nodes[1].receive(heartbeat, over: nodes[1].link)
            let isBelieved = nodes[1].node.others.values.contains { !$0.hasLeft }
            #expect(!isBelieved, "after \(wait) s")
        }
    }

    @Test func `routes travel only while somebody looks at them`() {
        let (cluster, nodes) = cluster(2, tabs: 20)
        for node in nodes { node.want([]) }
        cluster.run(until: cluster.now + 3)
        let quiet = nodes[0].node.counts(.routes)
        for tab in cluster.tabs { tab.move() }
        let before = cluster.messages
        cluster.run(until: cluster.now + 0.5)
        #expect(cluster.messages - before <= 2, "heartbeats alone")
        #expect(quiet != cluster.recount(.routes) || nodes[0].node.counts(.routes) != cluster.recount(.routes))
        nodes[0].want(.routes)
        cluster.run(until: cluster.now + 2)
        #expect(nodes[0].node.counts(.routes) == cluster.recount(.routes) && nodes[0].isWhole)
    }

    @Test func `a newcomer is told each section once by each node, though its questions and their answers cross`() {
        // As of nodes that look ten times a second at what came.
        let cluster = SimulatedCluster(seed: 1, faults: BusFaults(loss: 0, reorder: 0, delay: 0.02...0.05))
        for _ in 0..<10 { cluster.addNode() }
        cluster.run(until: 3.5)
        populate(cluster, 100, stockShare: 1)
        for node in cluster.nodes { node.want([.routes, .rows]) }
        cluster.run(until: 10)
        for round in 1...5 {
            let before = cluster.snapshots
            let newcomer = cluster.addNode()
            newcomer.want([])
            cluster.run(until: cluster.now + 0.4)
            newcomer.want([.routes, .rows])
            cluster.run(until: cluster.now + 6)
            #expect(newcomer.node.total == 100 && newcomer.isWhole)
            #expect(cluster.snapshots - before <= 30, "in round \(round)")
            newcomer.drain(seconds: 0)
            cluster.run(until: cluster.now + 2)
        }
    }

    @Test func `an announced release reaches every node, also one that joins later`() {
        let (cluster, nodes) = cluster(3)
        nodes[1].announce(Array("build-42".utf8))
        cluster.run(until: cluster.now + 0.2)
        #expect(nodes[0].adopted == [Array("build-42".utf8)] && nodes[1].adopted == [] && nodes[2].adopted == nodes[0].adopted)
        let newcomer = cluster.addNode()
        cluster.run(until: cluster.now + 2)
        #expect(newcomer.adopted == nodes[0].adopted)
    }

    @Test func `on a replica a node notices that nobody hears it, and makes its connection anew`() {
        let (cluster, nodes) = cluster(3, tabs: 30)
        nodes[0].isOnReplica = true
        cluster.run(until: cluster.now + 5)
        #expect(!nodes[0].isWhole && !nodes[1].isWhole)
        cluster.run(until: cluster.now + 12)
        #expect(!nodes[0].isOnReplica && nodes.allSatisfy { $0.node.total == 30 && $0.isWhole })
    }

    @Test func `a node says when it is to be asked again, and ten times a second is enough where it does not`() throws {
        var random = Seeded(1)
        let (own, other) = (InstanceID(using: &random), InstanceID(using: &random))
        var node = ClusterNode(
            .init(instance: own, label: "n", software: "1", basePath: "/"), maxNames: [.summary: 9], release: [], at: .zero)
        #expect(node.nextStep == nil, "without a link nothing can be said")
        node.linkConnected(at: .zero)
        #expect(node.nextStep == .zero, "it says that it is there")
        _ = node.advance(to: .zero, using: &random)
        #expect(node.nextStep == nil)
        let heartbeat = Heartbeat(
            label: "o", software: "1", basePath: "/", state: .up, uptime: .seconds(1), wants: [], marks: [], isEmpty: true, hears: [],
            misses: [], asks: [.init(instance: own, section: .summary)], release: ControlRegister(initial: [], of: other))
        _ = node.hear(ClusterMessage(sender: other, body: .heartbeat(heartbeat)), at: .milliseconds(20), using: &random)
        // One snapshot answers all who ask within a tenth of a second.
        let due = try #require(node.nextStep)
        #expect(due >= .milliseconds(30) && due <= .milliseconds(120))
        #expect(node.advance(to: due - .milliseconds(1), using: &random).isEmpty)
        let said = node.advance(to: due, using: &random).compactMap { action -> SectionSnapshot? in
            guard case .publish(let message) = action, case .snapshot(let snapshot, _, _) = message.body else { return nil }
            return snapshot
        }
        #expect(said.map(\.section) == [.summary])
        #expect(node.nextStep == nil)
        // A tab that is held is looked after at short intervals.
        node.set(.summary, "v", to: 1, at: due)
        let claim = TabClaim(key: TabKey(high: 1, low: 1), returns: 1)
        node.note(.came(claim, version: "v", route: "/", isReplacing: false), at: due)
        #expect(node.nextStep == due + .milliseconds(50))
        node.linkLost(at: due)
        #expect(node.nextStep == nil)
    }

    @Test func `twenty nodes whose versions change all the time stay under a kilobyte a second each`() {
        let cluster = SimulatedCluster(seed: 1, faults: calm)
        let nodes = (0..<20).map { _ in cluster.addNode() }
        for node in nodes { node.want([]) }
        cluster.run(until: 4)
        populate(cluster, 2000, stockShare: 1)
        cluster.run(until: 12)
        churn(cluster, perSecond: 800, until: 1e9)
        let (bytes, start) = (cluster.bytes, cluster.now)
        cluster.run(until: start + 10)
        let perNode = Double(cluster.bytes - bytes) / (cluster.now - start) / 20
        #expect((400...1000).contains(perNode), "\(perNode) bytes per second")
    }

    @Test func `a hundred nodes are known to one that joins before it is ready, and what each says is bounded`() {
        let cluster = SimulatedCluster(seed: 1, faults: calm)
        let nodes = (0..<100).map { _ in cluster.addNode() }
        for node in nodes { node.want([]) }
        cluster.run(until: 4)
        populate(cluster, 1000, stockShare: 1)
        cluster.run(until: 10)
        churn(cluster, perSecond: 2000, until: 1e9)
        let (bytes, start) = (cluster.bytes, cluster.now)
        cluster.run(until: start + 5)
        let perNode = Double(cluster.bytes - bytes) / (cluster.now - start) / 100
        // A heartbeat that names 99 others in four bytes each is most of it. The model's lengths make 650.
        #expect((450...700).contains(perNode), "\(perNode) bytes per second")
        let snapshots = cluster.snapshots
        let newcomer = cluster.addNode()
        newcomer.want([])
        let since = cluster.now
        while newcomer.node.others.count < 100 || !newcomer.node.isSynced(.summary), cluster.now < since + 5 {
            cluster.run(until: cluster.now + 0.05)
        }
        #expect(newcomer.node.others.count == 100 && cluster.now - since < 2, "after \(cluster.now - since) s")
        #expect(cluster.snapshots - snapshots <= 110, "\(cluster.snapshots - snapshots) snapshots")
    }
}
