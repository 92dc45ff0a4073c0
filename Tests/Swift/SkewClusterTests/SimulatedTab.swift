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
    private var tries = 0

    init(in cluster: SimulatedCluster, isStock: Bool) {
        self.cluster = cluster
        self.isStock = isStock
        version = ["A", "B", "C"][Int.random(in: 0..<3, using: &cluster.random)]
        route = "/\(Int.random(in: 0..<12, using: &cluster.random))"
    }

    func connect() {
        guard !isGone, node == nil else { return }
        let takers = cluster.takers
        guard let taker = takers.randomElement(using: &cluster.random) else { return retry() }
        (tries, isAway, node) = (0, false, taker)
        taker.open(self)
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
        let old = route
        route = "/\(Int.random(in: 0..<12, using: &cluster.random))"
        node.move(from: old, to: route)
    }
}
