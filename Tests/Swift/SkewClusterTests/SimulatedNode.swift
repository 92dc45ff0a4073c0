import Presence

@testable import SkewCluster

/// One node: the value under test, and what a real node has around it.
final class SimulatedNode {
    private unowned let cluster: SimulatedCluster
    let name: String
    let instance: InstanceID
    var node: ClusterNode
    var encoder: MessageEncoder
    private(set) var isAlive = true
    private(set) var isStopped = false
    private(set) var isDraining = false
    private(set) var isSubscribed = false
    /// Dropped packets: nothing goes in or out, and nobody is told.
    var isCut = false
    var isOnReplica = false
    /// Still subscribed, as far as the bus knows.
    private(set) var isGhost = false
    private(set) var link = 0
    private var others = OtherNodes()
    private(set) var adopted: [[UInt8]] = []
    private(set) var delivered: [[UInt8]] = []
    private(set) var revoked: [String] = []
    /// The orders it carries out, in the order they came, and at which pace each was to go.
    private(set) var carriedOut: [(number: UInt64, rate: Int?)] = []
    private(set) var changed: [(number: UInt64, control: OrderControl)] = []
    /// How far it is with each.
    var progress: [UInt64: OrderProgress] = [:]
    /// For how many tabs orders are here.
    var matching = 0
    private var connections = SimulatedConnections()
    private var counts: [Section: [String: Int]] = [.summary: [:], .routes: [:]]
    private var held: [(ClusterMessage, Int)] = []

    init(in cluster: SimulatedCluster, name: String) {
        self.cluster = cluster
        self.name = name
        instance = InstanceID(using: &cluster.random)
        encoder = MessageEncoder(of: instance)
        let identity = ClusterNode.Identity(instance: instance, label: name, software: "1", basePath: "/__skew")
        node = ClusterNode(identity, maxNames: [.summary: 50, .routes: 50, .rows: 1000], release: [], at: cluster.time)
    }

    func start() {
        node.want(.routes, at: cluster.time)
        let link = link
        cluster.after(cluster.draw(0...0.05)) { self.dial(link) }
        cluster.after(cluster.draw(0...0.1)) { self.tick() }
    }

    private func tick() {
        guard isAlive else { return }
        cluster.after(0.05) { self.tick() }
        guard !isStopped else { return }
        node.noteOrders(Array(progress.values), at: cluster.time)
        carryOut(node.advance(to: cluster.time, using: &cluster.random))
        if node.hasLeft { end() }
    }

    private func carryOut(_ actions: [ClusterNode.Action]) {
        for action in actions {
            switch action {
            case .publish(let message):
                if let receivers = cluster.publish(message, from: self), !cluster.faults.isBlind { node.published(to: receivers) }
                if cluster.faults.isBlind { node.published(to: 1) }
            case .reconnect: loseLink()
            case .adoptRelease(let release, _): adopted.append(release)
            case .carryOut(let order): begin(order.number, order.control.value.rate)
            case .changeOrder(let number, let control): changed.append((number, control))
            case .deliver(let bytes): delivered.append(bytes)
            case .revoke(let target): revoked.append(target)
            case .look(let question): look(question)
            }
        }
    }

    // MARK: The link

    private func dial(_ link: Int) {
        guard isAlive, link == self.link else { return }
        guard !isStopped, cluster.canDial, !isCut else {
            return cluster.after(cluster.draw(0.2...2)) { self.dial(link) }
        }
        (isSubscribed, isGhost, isOnReplica) = (true, false, false)
        node.linkConnected(at: cluster.time)
    }

    func loseLink() {
        guard isAlive else { return }
        // No FIN arrives: to the bus it is still subscribed.
        isGhost = isGhost || isCut && isSubscribed
        isSubscribed = false
        link += 1
        node.linkLost(at: cluster.time)
        let link = link
        cluster.after(cluster.draw(0.1...1)) { self.dial(link) }
    }

    func receive(_ message: ClusterMessage, over link: Int) {
        guard isAlive, link == self.link else { return }
        if isStopped { return held.append((message, link)) }
        carryOut(node.hear(message, at: cluster.time, using: &cluster.random))
    }

    // MARK: Tabs

    func open(_ tab: SimulatedTab) {
        // Who is here still is replaced, and no other node is asked.
        let former = connections.remove(tab)
        if let former { drop(former) }
        if let key = tab.key, tab.returns > 0 {
            let claim = TabClaim(key: key, returns: tab.returns)
            node.note(.came(claim, version: tab.version, route: tab.route, isReplacing: former != nil), at: cluster.time)
        }
        connections.add(tab)
        change(.summary, tab.version, 1, arrivals: former == nil && tab.key == nil ? 1 : 0)
        change(.routes, tab.route, 1)
    }

    func close(_ tab: SimulatedTab) {
        guard let connection = connections.remove(tab) else { return }
        drop(connection)
    }

    private func drop(_ connection: SimulatedConnections.Connection) {
        if let key = connection.tab.key, connection.returns > 0 {
            node.note(.gone(TabClaim(key: key, returns: connection.returns)), at: cluster.time)
        }
        change(.summary, connection.tab.version, -1)
        change(.routes, connection.route, -1)
    }

    func move(_ tab: SimulatedTab, to route: String) {
        guard let old = connections.move(tab, to: route) else { return }
        if let key = tab.key { node.note(.moved(key, to: route), at: cluster.time) }
        change(.routes, old, -1)
        change(.routes, route, 1)
    }

    /// A connection did not answer for too long.
    /// - Parameter connected: how often its tab had connected, that connection included.
    func missPing(of tab: SimulatedTab, connected: Int) {
        if isAlive, connections[tab]?.returns == connected - 1 { close(tab) }
    }

    private func look(_ question: ClaimQuestion) {
        for claim in question.claims {
            guard let connection = connections.find(claim.key), connection.returns <= claim.returns else { continue }
            _ = connections.remove(connection.tab)
            drop(connection)
            node.displaced(
                version: connection.tab.version, route: connection.route, due: .zero, key: claim.key, at: cluster.time)
        }
        node.looked(for: question)
    }

    private func change(_ section: Section, _ name: String, _ step: Int, arrivals: Int = 0) {
        let count = (counts[section]?[name] ?? 0) + step
        counts[section]?[name] = count
        node.set(section, name, to: count, arrivals: arrivals, at: cluster.time)
    }

    // MARK: Going

    func drain(seconds: Double) {
        isDraining = true
        node.startDraining(at: cluster.time)
        let leaving = connections.tabs.shuffled(using: &cluster.random)
        let steps = max(1, Int(min(seconds, 0.01 * Double(leaving.count)) / 0.05))
        for (index, tab) in leaving.enumerated() {
            cluster.after(0.05 * Double(index * steps / max(1, leaving.count))) { self.displace(tab) }
        }
        cluster.after(0.05 * Double(steps) + 0.3) {
            guard self.isAlive else { return }
            self.node.leave(at: self.cluster.time)
        }
        // A bus that is away keeps no process from ending.
        cluster.after(0.05 * Double(steps) + 3) { self.end() }
    }

    private func displace(_ tab: SimulatedTab) {
        guard isAlive, let connection = connections[tab] else { return }
        close(tab)
        node.displaced(
            version: tab.version, route: connection.route, due: tab.isStock ? .seconds(5) : .zero, key: tab.key, at: cluster.time)
        if tab.node === self { tab.cutOff() }
    }

    func kill() { end() }

    private func end() {
        guard isAlive else { return }
        (isAlive, isSubscribed) = (false, false)
        for tab in connections.tabs where tab.node === self { tab.cutOff() }
        connections = SimulatedConnections()
    }

    func stop() { isStopped = true }

    func resume() {
        guard isAlive else { return }
        isStopped = false
        let messages = held
        held = []
        carryOut(node.advance(to: cluster.time, using: &cluster.random))
        for (message, link) in messages { receive(message, over: link) }
    }

    func revoke(_ target: String) { node.revoke(target, at: cluster.time, using: &cluster.random) }

    /// All nodes hear it here; on a real bus only the one that it is for.
    func note(_ bytes: [UInt8]) -> ClusterMessage {
        let message = node.note(bytes)
        _ = cluster.publish(message, from: self)
        return message
    }

    func give(_ number: UInt64, _ content: [UInt8] = [1], release: [UInt8] = [], rate: Int? = 100) {
        node.give(number, content, release: release, rate: rate, at: cluster.time)
        begin(number, rate)
    }

    func change(_ number: UInt64, _ body: (inout OrderControl) -> Void) { node.changeOrder(number, at: cluster.time, body) }

    private func begin(_ number: UInt64, _ rate: Int?) {
        carriedOut.append((number, rate))
        progress[number] = OrderProgress(number: number, matching: matching, told: 0, gone: 0, isDone: matching == 0)
        node.noteOrders(Array(progress.values), at: cluster.time)
    }

    var orders: [UInt64: OrderState] { node.orderStates(at: cluster.time) }

    func announce(_ release: [UInt8]) { node.announce(release, at: cluster.time) }

    func want(_ wants: Heartbeat.Wants) { node.want(wants, at: cluster.time) }

    /// What changed at all others since the last time, as the fleet of this node takes it in.
    func takeOthers(listing limit: Int = 0) -> StatisticsDelta {
        others.update(from: &node)
        return others.takeDelta(listing: limit)
    }

    /// A row of this node that is listed, or is not any more.
    func list(_ row: ConnectionRow, _ count: Int = 1) {
        node.set(.rows, RowText.encode(row, showsAddress: true), to: count, at: cluster.time)
    }

    func own(_ section: Section) -> [String: Int] { counts[section] ?? [:] }

    var isWhole: Bool { node.doubts(at: cluster.time).isEmpty }
}
