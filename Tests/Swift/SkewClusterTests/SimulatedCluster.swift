import Presence

@testable import SkewCluster

/// A cluster in simulated time: nodes, tabs that come and go, a bus, and whatever goes wrong. The recount asks the tabs, not the nodes.
final class SimulatedCluster {
    var random: Seeded
    var now = 0.0
    private var agenda = Agenda()
    let faults: BusFaults
    private(set) var nodes: [SimulatedNode] = []
    var tabs: [SimulatedTab] = []
    private(set) var isBusUp = true
    private var isBusStalled = false
    private var held: [(SimulatedNode, ClusterMessage)] = []
    private var lastSent: [ObjectIdentifier: Double] = [:]
    private var lastHeard: [ObjectIdentifier: Double] = [:]
    private(set) var (messages, snapshots) = (0, 0)
    /// Handed to the bus, once for all receivers.
    private(set) var bytes = 0

    init(seed: UInt64, faults: BusFaults = BusFaults()) {
        random = Seeded(seed)
        self.faults = faults
    }

    var time: Duration { .seconds(now) }

    func at(_ time: Double, _ act: @escaping () -> Void) { agenda.add(at: time, act) }
    func after(_ delay: Double, _ act: @escaping () -> Void) { agenda.add(at: now + delay, act) }

    func run(until end: Double) {
        while let next = agenda.nextTime, next <= end, let item = agenda.takeFirst() {
            now = item.time
            item.act()
        }
        now = end
    }

    var live: [SimulatedNode] { nodes.filter(\.isAlive) }

    /// Whom the load balancer asks: those that are ready.
    var takers: [SimulatedNode] {
        nodes.filter { $0.isAlive && !$0.isStopped && !$0.isDraining && $0.node.isReady(at: time) }
    }

    @discardableResult
    func addNode() -> SimulatedNode {
        let node = SimulatedNode(in: self, name: "n\(nodes.count)")
        nodes.append(node)
        node.start()
        return node
    }

    /// The truth: what tabs are open on living nodes.
    func recount(_ section: Section) -> [String: Int] {
        // Rows are told by other tests.
        if section == .rows { return [:] }
        var counts: [String: Int] = [:]
        for tab in tabs where tab.node?.isAlive == true { counts[section == .summary ? tab.version : tab.route, default: 0] += 1 }
        return counts
    }

    func draw(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }

    // MARK: The bus

    /// - Returns: how many it went to; nil where it did not leave.
    func publish(_ message: ClusterMessage, from node: SimulatedNode) -> Int? {
        guard isBusUp, !node.isCut else { return nil }
        messages += 1
        if case .snapshot = message.body { snapshots += 1 }
        let parts = node.encoder.encode(message.body)
        bytes += parts.reduce(0) { $0 + $1.count }
        let message = decoded(parts)
        let id = ObjectIdentifier(node)
        let time = max(now + draw(faults.delay), (lastSent[id] ?? 0) + 1e-6)
        lastSent[id] = time
        at(time) { self.arrived(message, from: node) }
        return nodes.count { $0.isGhost || $0.isAlive && $0.isSubscribed && $0.isOnReplica == node.isOnReplica }
    }

    /// What the receivers read from the bytes.
    private func decoded(_ parts: [[UInt8]]) -> ClusterMessage {
        var decoder = MessageDecoder()
        for part in parts {
            if let outcome = try? decoder.decode(part), case .message(let message) = outcome { return message }
        }
        preconditionFailure("a message that was encoded must be read again")
    }

    private func arrived(_ message: ClusterMessage, from node: SimulatedNode) {
        guard isBusUp else { return }
        if isBusStalled { return held.append((node, message)) }
        for receiver in nodes where receiver.isAlive && receiver.isSubscribed {
            // What is published on a replica stays there; what is published on the master goes to both.
            if receiver.isCut || node.isOnReplica && !receiver.isOnReplica || draw(0...1) < faults.loss { continue }
            var time = now + draw(faults.delay)
            // One connection brings a receiver what all say, in the order in which the bus was told.
            let id = ObjectIdentifier(receiver)
            if draw(0...1) >= faults.reorder {
                time = max(time, (lastHeard[id] ?? 0) + 1e-6)
                lastHeard[id] = time
            } else {
                time += draw(0.005...0.3)
            }
            let link = receiver.link
            at(time) { receiver.receive(message, over: link) }
        }
    }

    func killBus() {
        (isBusUp, held) = (false, [])
        for node in nodes { node.loseLink() }
    }

    func reviveBus() { isBusUp = true }

    func stallBus() { isBusStalled = true }

    func resumeBus() {
        isBusStalled = false
        let messages = held
        held = []
        for (node, message) in messages { arrived(message, from: node) }
    }

    var canDial: Bool { isBusUp && !isBusStalled }
}
