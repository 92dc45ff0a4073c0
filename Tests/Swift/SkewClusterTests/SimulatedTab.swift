@testable import SkewCluster

/// Somebody's open tab.
final class SimulatedTab {
    private unowned let cluster: SimulatedCluster
    let isStock: Bool
    let version: String
    private(set) var route: String
    private(set) weak var node: SimulatedNode?
    private(set) var isGone = false
    /// Whether it is between two nodes.
    private(set) var isAway = false
    /// Ours says which tab it is, and how often it has connected before.
    let key: TabKey?
    private(set) var returns = 0
    private var tries = 0

    init(in cluster: SimulatedCluster, isStock: Bool) {
        self.cluster = cluster
        self.isStock = isStock
        version = ["A", "B", "C"][Int.random(in: 0..<3, using: &cluster.random)]
        route = "/\(Int.random(in: 0..<12, using: &cluster.random))"
        key = isStock ? nil : TabKey(high: cluster.random.next(), low: cluster.random.next())
    }

    /// - Parameter taker: which node the load balancer asks; nil for any that is ready.
    func connect(to taker: SimulatedNode? = nil) {
        guard !isGone, node == nil else { return }
        guard let taker = taker ?? cluster.takers.randomElement(using: &cluster.random) else { return retry() }
        (tries, isAway, node) = (0, false, taker)
        taker.open(self)
        returns += 1
    }

    /// Its network is another one: its node knows nothing of that for half a minute, and it comes back before.
    /// - Parameters:
    ///   - soonest: before it no new connection is there.
    ///   - taker: where it comes at once; nil for later and anywhere.
    ///   - noticed: after so many seconds its former node sees that it is gone.
    func roam(soonest: Double = 0.1, to taker: SimulatedNode? = nil, noticed: Double = 35) {
        guard let former = node, key != nil else { return }
        let connected = returns
        (node, isAway) = (nil, true)
        if let taker { connect(to: taker) } else { cluster.after(cluster.draw(soonest...2)) { self.connect() } }
        cluster.after(noticed) { former.missPing(of: self, connected: connected) }
    }

    /// The stock client waits 5 s, whatever happened. Ours waits at random up to a span that doubles.
    private func retry() {
        tries += 1
        let wait = isStock ? 5 + cluster.draw(0...0.12) : cluster.draw(0...min(60, Double(1 << min(tries - 1, 6)))) + 0.03
        cluster.after(wait) { self.connect() }
    }

    func cutOff() {
        (node, isAway) = (nil, true)
        retry()
    }

    func leave() {
        isGone = true
        node?.close(self)
        node = nil
    }

    func move() {
        guard let node, !node.isStopped else { return }
        route = "/\(Int.random(in: 0..<12, using: &cluster.random))"
        node.move(self, to: route)
    }
}

/// What a node has of tabs: also of those that are somewhere else by now.
struct SimulatedConnections {
    struct Connection {
        let tab: SimulatedTab
        var route: String
        /// How often its tab had connected before.
        let returns: Int
    }

    private var connections: [ObjectIdentifier: Connection] = [:]

    var tabs: [SimulatedTab] { connections.values.map(\.tab) }

    subscript(tab: SimulatedTab) -> Connection? { connections[ObjectIdentifier(tab)] }

    mutating func add(_ tab: SimulatedTab) {
        connections[ObjectIdentifier(tab)] = Connection(tab: tab, route: tab.route, returns: tab.returns)
    }

    mutating func remove(_ tab: SimulatedTab) -> Connection? { connections.removeValue(forKey: ObjectIdentifier(tab)) }

    /// - Returns: the route it showed before; nil where it is not here.
    mutating func move(_ tab: SimulatedTab, to route: String) -> String? {
        let old = connections[ObjectIdentifier(tab)]?.route
        connections[ObjectIdentifier(tab)]?.route = route
        return old
    }

    func find(_ key: TabKey) -> Connection? { connections.values.first { $0.tab.key == key } }
}
