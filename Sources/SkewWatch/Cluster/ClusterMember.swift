internal import Logging
internal import Presence
internal import SkewCluster
internal import SkewProtocol

/// This node in its cluster: drives the value that decides (`ClusterNode`) with time and with what the bus brings, says what that says, and
/// is the fleet's source for what all other nodes count.
///
/// It runs on the shared pool. No loop with tabs ever waits for it, and it never waits for the bus.
actor ClusterMember {
    /// The value wants to be asked ten times a second at least.
    private static let tick = Duration.milliseconds(50)
    /// How long a change on a loop waits for others, so that one delta tells them all.
    private static let flush = Duration.milliseconds(100)
    private static let lookInterval = Duration.milliseconds(200)

    let settings: ClusterSettings
    let bus: any PeerBus
    private let inbox: ClusterInbox
    private let board: ClusterBoard
    private let seal: MessageSeal?
    private let hooks: Hooks
    var node: ClusterNode
    private var encoder: MessageEncoder
    private var decoder = MessageDecoder()
    private var others = OtherNodes()
    private var log: ClusterLog
    private(set) var counters = ClusterCounters()
    private var random = SystemRandomNumberGenerator()
    private var report = ClusterReport(up: 0, joining: 1, leaving: 0, lost: 0, partial: [], returning: 0)
    private var isLinked = false
    private var echo: Double?
    private var lastHeartbeat: Duration?
    private var nextLook = Duration.zero
    /// The scheduler knows that something waits for it.
    private var isNoted = false
    private var newestChange: Duration?
    /// Since when something on a loop waits to be told.
    private var changedSince: Duration?
    /// What somebody on this node looks at, and what the others were told: a little longer than that.
    var (wants, toldWants): (Heartbeat.Wants, Heartbeat.Wants) = ([], [])
    var wantsKeptUntil = Duration.zero
    /// What the fleet knows of what the others look at.
    var heardWants: Heartbeat.Wants = []
    private var memory = MemoryQuestion()
    private var orderStates: [UInt64: OrderState] = [:]

    /// What the rest of the server does about what other nodes say. Called on the member's own thread; none may wait.
    struct Hooks: Sendable {
        /// Something changed at this time: those who watch are to be told.
        var noteChange: @Sendable (Duration) -> Void = { _ in }
        /// Another node announced this version; with what is said to its tabs, where that is known.
        var adopt: @Sendable (String, _ order: [UInt8]?) -> Void = { _, _ in }
        /// Another node ordered this.
        var carryOut: @Sendable (Order) -> Void = { _ in }
        /// Another node changed an order.
        var changeOrder: @Sendable (UInt64, OrderControl) -> Void = { _, _ in }
        /// How far this node is with its orders.
        var progress: @Sendable () -> [OrderProgress] = { [] }
        /// How far the other nodes are with each order.
        var noteOrders: @Sendable ([UInt64: OrderState]) -> Void = { _ in }
        /// Whether nothing is known of the time before this node came.
        var wantsMemory: @Sendable () -> Bool = { false }
        /// Another node handed this on.
        var deliver: @Sendable ([UInt8]) -> Void = { _ in }
        /// Another node took this back.
        var revoke: @Sendable (String) -> Void = { _ in }
    }

    init(_ settings: ClusterSettings, bus: any PeerBus, access: ClusterAccess, logger: Logger, hooks: Hooks) {
        (self.settings, self.bus, self.inbox, self.board, self.hooks) = (settings, bus, access.inbox, access.board, hooks)
        let names = ChannelNames(namespace: settings.namespace, database: settings.database)
        seal = settings.secret.map { MessageSeal(secret: Array($0.exposed.utf8), prefix: names.prefix) }
        encoder = MessageEncoder(of: access.instance)
        log = ClusterLog(logger)
        node = ClusterNode(
            .init(instance: access.instance, label: settings.name, software: BuildInfo.version, basePath: settings.basePath),
            maxNames: [.summary: settings.maxVersions + 1, .routes: settings.maxRoutes + 1, .rows: settings.maxRows],
            release: Array((settings.release ?? "").utf8), at: MonotonicTime.now)
    }

    /// Works until its task is cancelled.
    func run(_ fleet: Fleet) async {
        await fleet.want(.counts, by: .peers)
        bus.listen(to: channels)
        bus.open { [inbox] in inbox.put($0) }
        await withTaskCancellationHandler {
            while !Task.isCancelled {
                await step(fleet)
                await inbox.wait(
                    until: min(MonotonicTime.now + Self.tick, inbox.firstChange.map { $0 + Self.flush } ?? .seconds(Int64.max / 4)))
            }
        } onCancel: {
            inbox.wake()
        }
    }

    private func step(_ fleet: Fleet) async {
        let (content, now) = (inbox.take(), MonotonicTime.now)
        for spoken in content.orders { take(spoken, at: now) }
        for target in content.revocations { node.revoke(target, at: now, using: &random) }
        for (mark, bytes) in content.notes { publish(node.note(bytes), on: .node(mark), at: now) }
        if content.isOverrun {
            counters.rejected[.overrun, default: 0] += 1
            node.settle(at: now)
        }
        for event in content.events { take(event, at: now) }
        await hearWants(fleet)
        if let first = content.firstChange, now - first >= Self.flush {
            changedSince = inbox.takeChange()
            // Whoever watches must hear of what has come so far: the fleet takes it away now.
            noteOthers(at: now)
            // It comes back as `exchange(_:)`.
            await fleet.refresh()
            changedSince = nil
        }
        work(at: MonotonicTime.now)
    }

    private func work(at now: Duration) {
        if toldWants != wants, now > wantsKeptUntil { tell(wants, at: now) }
        followOrders(at: now)
        carryOut(node.advance(to: now, using: &random), at: now)
        noteOthers(at: now)
        (counters.gaps, counters.mismatches) = node.misses
        if now >= nextLook { look(at: now) }
    }

    /// Has those who watch told what changed at other nodes.
    private func noteOthers(at now: Duration) {
        others.update(from: &node)
        guard others.isTouched, !isNoted else { return }
        // Who is told that counts have changed is told the reasons of that moment.
        look(at: now)
        isNoted = true
        hooks.noteChange(newestChange ?? now)
    }

    /// Who has just come asks another one what was before, when it knows the others.
    private func askMemory(at now: Duration) {
        guard node.state != .joining, hooks.wantsMemory(), let oldest = memory.next(node.upNodes, uptime: node.uptime(at: now), at: now)
        else {
            return
        }
        publish(node.note(PeerNote.question(from: node.identity.instance.mark)), on: .node(oldest.mark), at: now)
    }

    // MARK: Orders

    private func take(_ spoken: ClusterInbox.Spoken, at now: Duration) {
        switch spoken {
        case .give(let number, let order):
            node.give(number, order.encoded, release: order.release, rate: order.announcement.rate, at: now)
        case .change(let number, .stop): node.changeOrder(number, at: now) { $0.isStopped = true }
        case .change(let number, .rate(let rate)): node.changeOrder(number, at: now) { $0.rate = rate }
        }
    }

    /// Tells the others how far this node is, and the loops at which pace they go on.
    private func followOrders(at now: Duration) {
        guard node.hasOrders else { return }
        node.noteOrders(hooks.progress(), at: now)
        let states = node.orderStates(at: now)
        guard states != orderStates else { return }
        orderStates = states
        hooks.noteOrders(states)
    }

    // MARK: Leaving

    /// From now on tabs are moved elsewhere.
    func startDraining() { node.startDraining(at: MonotonicTime.now) }

    /// Says goodbye and ends the bus: within two seconds, whatever the bus does.
    func leave() async {
        node.leave(at: MonotonicTime.now)
        let deadline = MonotonicTime.now + .seconds(1)
        // The task of the server may be cancelled, and with it the loop of `run`: this one works by itself.
        while !node.hasLeft, isLinked, MonotonicTime.now < deadline {
            work(at: MonotonicTime.now)
            await Task { try? await Task.sleep(for: .milliseconds(20)) }.value
        }
        await bus.close()
    }

    // MARK: The fleet

    /// Takes what changed on the loops, and hands over what changed on all other nodes, as of one moment.
    func exchange(_ own: OwnChanges, _ list: ListRequest) -> Exchange {
        let now = MonotonicTime.now
        // The delay of what is told counts from the first change on; the fleet may ask before this node would tell.
        let time = changedSince ?? inbox.firstChange ?? own.lastChange ?? now
        for (name, count) in own.versions { node.set(.summary, name, to: count, arrivals: own.arrivals[name] ?? 0, at: time) }
        for (name, count) in own.arrivals where own.versions[name] == nil {
            node.set(.summary, name, to: node.ownCount(.summary, name), arrivals: count, at: time)
        }
        for (name, count) in own.routes { node.set(.routes, name, to: count, at: time) }
        for (row, count) in own.rows { node.set(.rows, row, to: count, at: time) }
        for tab in own.displaced { node.displaced(version: tab.version, route: tab.route, due: tab.due, at: tab.closed) }
        others.update(from: &node)
        defer { (isNoted, newestChange) = (false, nil) }
        let isAnyListWanted = toldWants.union(node.wantsOfOthers).contains(.rows)
        return Exchange(
            delta: others.takeDelta(listing: list.limit, renamed: list.renamed), report: report, lastChange: newestChange,
            reserved: isAnyListWanted ? node.placesOfOthers(of: list.places) : 0, rows: list.wantsRows ? others.rows.rows : [])
    }

    // MARK: The bus

    private func take(_ event: BusEvent, at now: Duration) {
        switch event {
        case .connected:
            isLinked = true
            log.connected(to: settings.place)
            node.linkConnected(at: now)
            nextLook = now
        case .lost(let fault):
            isLinked = false
            counters.lost[fault, default: 0] += 1
            log.lost(fault, settings.place)
            node.linkLost(at: now)
            nextLook = now
        case .published(let receivers): node.published(to: receivers)
        case .received(let part): hear(part, at: now)
        }
    }

    private func hear(_ part: [UInt8], at now: Duration) {
        counters.receivedBytes += part.count
        guard let part = seal.map({ $0.open(part) }) ?? part else {
            counters.rejected[.seal, default: 0] += 1
            return
        }
        do throws(MessageError) {
            switch try decoder.decode(part) {
            case .incomplete: break
            case .foreign(let instance):
                counters.rejected[.foreign, default: 0] += 1
                log.foreign(instance)
                node.hearForeign(from: instance, at: now)
            case .message(let message): hear(message, at: now)
            }
        } catch {
            counters.rejected[.init(error), default: 0] += 1
        }
    }

    private func hear(_ message: ClusterMessage, at now: Duration) {
        counters.received[.init(message.body), default: 0] += 1
        if message.sender == node.identity.instance, case .heartbeat = message.body, let sent = lastHeartbeat {
            echo = (now - sent) / .seconds(1)
        }
        if case .delta(let delta, _) = message.body {
            let time = now - min(delta.age, .seconds(1))
            newestChange = max(time, newestChange ?? time)
        }
        carryOut(node.hear(message, at: now, using: &random), at: now)
    }

    private func carryOut(_ actions: [ClusterNode.Action], at now: Duration) {
        for action in actions {
            switch action {
            case .publish(let message): publish(message, on: message.body.channel, at: now)
            case .reconnect:
                // The bus says so when it is done; until then nothing is believed to be heard.
                bus.reconnect()
                node.linkLost(at: now)
            case .adoptRelease(let bytes, let order):
                if let version = CleanText.version(bytes.span) { hooks.adopt(version, order) }
            case .carryOut(let order): hooks.carryOut(order)
            case .changeOrder(let number, let control): hooks.changeOrder(number, control)
            case .deliver(let bytes): hooks.deliver(bytes)
            case .revoke(let target): hooks.revoke(target)
            }
        }
    }

    private func publish(_ message: ClusterMessage, on channel: BusChannel, at now: Duration) {
        let kind = ClusterCounters.Kind(message.body)
        if kind == .heartbeat { lastHeartbeat = now }
        var parts = encoder.encode(message.body, reserving: seal == nil ? 0 : MessageSeal.length)
        if let seal { parts = parts.map { seal.seal($0) } }
        counters.sent[kind, default: 0] += 1
        counters.sentBytes[.init(message.body), default: 0] += parts.reduce(0) { $0 + $1.count }
        bus.publish(parts, on: channel)
    }

    // MARK: What is shown

    private func look(at now: Duration) {
        nextLook = now + Self.lookInterval
        let nodes = node.census(at: now)
        let states = Dictionary(grouping: nodes, by: \.state).mapValues(\.count)
        let up = (states[.up] ?? 0) + (states[.silent] ?? 0)
        var doubts = Set(node.doubts(at: now).map(\.rawValue))
        if let size = settings.size, up + (states[.leaving] ?? 0) < size { doubts.insert(Doubt.size.rawValue) }
        let new = ClusterReport(
            up: up, joining: states[.joining] ?? 0, leaving: states[.leaving] ?? 0, lost: states[.lost] ?? 0,
            partial: doubts.sorted(), returning: node.returning)
        log.look(at: nodes, partial: new.partial, own: nodes[0])
        board.show(.init(report: new, nodes: nodes, isReady: node.isReady(at: now), isLinked: isLinked, echo: echo))
        askMemory(at: now)
        guard new != report else { return }
        report = new
        hooks.noteChange(now)
    }
}
