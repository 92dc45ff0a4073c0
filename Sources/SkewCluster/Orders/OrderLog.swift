/// The orders of the last minutes: what is to be done, and how far every node is. A value, handed the time.
///
/// An order is told with each heartbeat until every node that is up has said that it is at work, so none is lost; and its number is
/// remembered for longer than anybody tells it, so none is carried out twice.
package struct OrderLog: Sendable {
    /// What an order that was heard calls for on this node.
    package enum News: Sendable, Equatable {
        /// It is to be carried out.
        case begun(Order)
        /// It goes on at another pace, or is stopped.
        case changed(UInt64, OrderControl)
    }

    private struct Entry {
        var content: [UInt8]
        var release: [UInt8]
        var control: ControlRegister<OrderControl>
        var since: Duration
        /// Told until then; remembered for as long again.
        var until: Duration
        /// nil before it has begun here.
        var own: OrderProgress?
        var others: [InstanceID: OrderProgress] = [:]
        /// When each node that is not among these was first heard since; of one that came later it was before.
        var silent: [InstanceID: Duration] = [:]
    }

    /// So long an order is told, at least; and so long after its last node was at work.
    static let memory = Duration.seconds(600)
    /// Who is heard for so long and has not said how many an order is for runs a release that knows no orders.
    static let patience = Duration.seconds(3)
    /// The most that are remembered, and that a heartbeat tells of.
    static let maxEntries = 64
    /// The most bytes of orders in one heartbeat; at least one order is told.
    private static let maxToldBytes = 24_576

    private let own: InstanceID
    private var entries: [UInt64: Entry] = [:]

    package init(of own: InstanceID) { self.own = own }

    /// Whether there is any.
    package var isEmpty: Bool { entries.isEmpty }

    // MARK: What this node says

    /// An order is given on this node.
    package mutating func give(_ number: UInt64, _ content: [UInt8], release: [UInt8], rate: Int?, at now: Duration) {
        guard entries[number] == nil else { return }
        makeRoom()
        var control = ControlRegister(initial: OrderControl(rate: rate), of: own)
        control.set(OrderControl(rate: rate), by: own)
        entries[number] = Entry(content: content, release: release, control: control, since: now, until: now + Self.memory)
    }

    /// An order is changed on this node.
    package mutating func change(_ number: UInt64, at now: Duration, _ body: (inout OrderControl) -> Void) {
        guard var entry = entries[number] else { return }
        var control = entry.control.value
        body(&control)
        entry.control.set(control, by: own)
        entry.until = max(entry.until, now + Self.memory)
        entries[number] = entry
    }

    /// How far this node is with its orders.
    /// - Returns: whether others should hear of it at once: an order has begun, or is done, or goes another way.
    package mutating func note(_ progress: [OrderProgress], at now: Duration) -> Bool {
        var isNews = false
        for var told in progress {
            guard var entry = entries[told.number] else { continue }
            (told.controlCount, told.controlMark) = (entry.control.count, entry.control.instance.mark)
            isNews = isNews || entry.own?.isDone != told.isDone || entry.own?.knows(entry.control) != true
            entry.own = told
            if !told.isDone { entry.until = max(entry.until, now + Self.memory / 10) }
            entries[told.number] = entry
        }
        return isNews
    }

    /// The orders that some of these nodes have not said they know, for a heartbeat; the newest first.
    /// - Parameter peers: what each node that is up said last of its orders.
    func told(to peers: [[OrderProgress]], at now: Duration) -> [Order] {
        var (orders, bytes): ([Order], Int) = ([], 0)
        for (number, entry) in entries.sorted(by: { ($0.value.since, $0.key) > ($1.value.since, $1.key) }) where entry.until > now {
            let isKnown = peers.allSatisfy { $0.contains { $0.number == number && $0.knows(entry.control) } }
            guard !isKnown, orders.isEmpty || bytes + entry.content.count <= Self.maxToldBytes else { continue }
            bytes += entry.content.count
            orders.append(
                Order(
                    number: number, content: entry.content, release: entry.release, control: entry.control, remaining: entry.until - now))
        }
        return orders
    }

    /// How far this node is, for a heartbeat.
    func ownProgress(at now: Duration) -> [OrderProgress] {
        entries.values.filter { $0.until > now }.compactMap(\.own).sorted { $0.number < $1.number }
    }

    // MARK: What others say

    /// Takes what another node tells.
    /// - Parameters:
    ///   - uptime: for how long that node has run.
    ///   - release: what the release register says: an order that sets another one was overtaken, and is not carried out.
    mutating func hear(
        _ told: [Order], _ progress: [OrderProgress], from sender: InstanceID, uptime: Duration, release: [UInt8], at now: Duration
    ) -> [News] {
        var news: [News] = []
        for order in told.sorted(by: { $0.number < $1.number }) {
            if var entry = entries[order.number] {
                guard entry.control.merge(order.control) else { continue }
                entries[order.number] = entry
                news.append(.changed(order.number, entry.control.value))
            } else if order.remaining > .zero {
                makeRoom()
                let isOvertaken = !order.release.isEmpty && order.release != release || order.control.value.isStopped
                var entry = Entry(
                    content: order.content, release: order.release, control: order.control, since: now,
                    until: now + min(order.remaining, Self.memory))
                if isOvertaken {
                    entry.own = OrderProgress(
                        number: order.number, matching: 0, told: 0, gone: 0, isDone: true, controlCount: order.control.count,
                        controlMark: order.control.instance.mark)
                }
                entries[order.number] = entry
                if !isOvertaken { news.append(.begun(order)) }
            }
        }
        for progress in progress {
            guard var entry = entries[progress.number] else { continue }
            (entry.others[sender], entry.silent[sender]) = (progress, nil)
            if !progress.isDone { entry.until = max(entry.until, now + Self.memory / 10) }
            entries[progress.number] = entry
        }
        for (number, entry) in entries where entry.others[sender] == nil && entry.silent[sender] == nil {
            entries[number]?.silent[sender] = uptime > now - entry.since ? now : now - Self.patience
        }
        return news
    }

    /// Whether some node is at work, this one included, or has yet to begin.
    func areRunning(up: Set<InstanceID>, at now: Duration) -> Bool {
        entries.values.contains { $0.until > now && $0.own?.isDone != true } || states(up: up, at: now).values.contains(where: \.isRunning)
    }

    /// How far the others are with each order that is told still and has begun here: before, nobody here could make anything of it.
    /// - Parameter up: the nodes that are counted.
    package func states(up: Set<InstanceID>, at now: Duration) -> [UInt64: OrderState] {
        entries.filter { $0.value.until > now && $0.value.own != nil }.mapValues { entry in
            var state = OrderState()
            for (instance, progress) in entry.others {
                state.matching += progress.matching
                state.told += progress.told
                state.gone += progress.gone
                if up.contains(instance) { state.left += progress.left }
            }
            state.unheard = up.count { instance in
                entry.others[instance] == nil && now - (entry.silent[instance] ?? now) < Self.patience
            }
            let atWork = up.compactMap { entry.others[$0] }.filter { !$0.isDone }
            state.isRunning = state.unheard > 0 || !atWork.isEmpty
            state.share = share(state, own: entry.own, atWork: atWork, nodes: up.count + 1)
            return state
        }
    }

    /// Each node goes at the part of the pace that its tabs are of all, so all end at the same time; who is done leaves its part to the others.
    /// How many are left would be known too late to go by it. Before the numbers are known all go alike.
    private func share(_ state: OrderState, own: OrderProgress?, atWork others: [OrderProgress], nodes: Int) -> Double {
        guard state.unheard == 0, let own else { return 1 / Double(nodes) }
        let all = others.reduce(own.matching) { $0 + $1.matching }
        return all > 0 ? Double(own.matching) / Double(all) : 1 / Double(nodes)
    }

    // MARK: Time

    mutating func expire(at now: Duration) {
        guard !entries.isEmpty else { return }
        entries = entries.filter { $0.value.until + Self.memory > now }
    }

    private mutating func makeRoom() {
        guard entries.count >= Self.maxEntries, let oldest = entries.min(by: { $0.value.since < $1.value.since }) else { return }
        entries[oldest.key] = nil
    }
}
