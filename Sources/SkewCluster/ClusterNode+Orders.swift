/// What all nodes are to do with their tabs.
extension ClusterNode {
    /// An order is given on this node, which carries it out itself. Where it sets a release, both are said with one heartbeat: nobody
    /// hears of the release alone.
    package mutating func give(_ number: UInt64, _ content: [UInt8], release: [UInt8], rate: Int?, at now: Duration) {
        guard content.count <= MessageFormat.maxOrderBytes else { return }
        orders.give(number, content, release: release, rate: rate, at: now)
        if release.isEmpty { times.hurryHeartbeat(at: now) } else { announce(release, at: now) }
    }

    /// An order is changed on this node, which does so itself.
    package mutating func changeOrder(_ number: UInt64, at now: Duration, _ body: (inout OrderControl) -> Void) {
        orders.change(number, at: now) { control in
            body(&control)
            if control.remark.count > MessageFormat.maxRemarkBytes { control.remark = [] }
        }
        times.hurryHeartbeat(at: now)
    }

    /// Whether there are any.
    package var hasOrders: Bool { !orders.isEmpty }

    /// How far this node is with its orders.
    package mutating func noteOrders(_ progress: [OrderProgress], at now: Duration) {
        if orders.note(progress, at: now) { times.hurryHeartbeat(at: now) }
    }

    /// How far the other nodes are with each order that has begun here.
    package func orderStates(at now: Duration) -> [UInt64: OrderState] {
        orders.isEmpty ? [:] : orders.states(up: Set(upPeers.keys), at: now)
    }

    /// Whether some node is at work with an order, this one included, or has yet to begin.
    package func areOrdersRunning(at now: Duration) -> Bool { !orders.isEmpty && orders.areRunning(up: Set(upPeers.keys), at: now) }

    private var upPeers: [InstanceID: Peer] { others.filter { $0.value.state == .up && $0.value.introduction != nil } }

    /// What a heartbeat says of orders.
    func addOrders(to heartbeat: inout Heartbeat, at now: Duration) {
        guard !orders.isEmpty else { return }
        heartbeat.orders = orders.told(to: upPeers.values.compactMap { $0.introduction?.progress }, at: now)
        heartbeat.progress = orders.ownProgress(at: now)
    }

    /// Takes the release and the orders of a heartbeat. The release comes first: a tab that opens in between hears of one or the other.
    mutating func hearOrders(of heartbeat: Heartbeat, from sender: InstanceID, at now: Duration) -> [Action] {
        var actions: [Action] = []
        // What a node was started with is for itself, and for those that were started with nothing.
        let isNews = heartbeat.release.count > 0 || register.value.isEmpty
        if isNews, register.merge(heartbeat.release) {
            let order = heartbeat.orders.last { $0.release == register.value }
            actions.append(.adoptRelease(register.value, by: order?.content))
        }
        let heard = orders.hear(
            heartbeat.orders, heartbeat.progress, from: sender, uptime: heartbeat.uptime, release: register.value, at: now)
        for news in heard {
            switch news {
            case .begun(let order): actions.append(.carryOut(order))
            case .changed(let number, let control): actions.append(.changeOrder(number, control))
            }
        }
        return actions
    }
}
