internal import Logging
internal import Presence
internal import SkewCluster
internal import SkewProtocol

/// This node in its cluster: drives the value that decides (`ClusterNode`) with time and with what the bus brings, says what that says, and
/// is the fleet's source for what all other nodes count.
///
/// It runs on the shared pool. No loop with tabs ever waits for it, and it never waits for the bus.
actor ClusterMember {
    /// The value wants to be asked about ten times a second, whatever happens.
    private static let tick = Duration.milliseconds(100)
    /// So often it is looked how far announcements are that run.
    private static let ordersInterval = Duration.milliseconds(50)
    /// How long a change on a loop waits for others, so that one delta tells them all.
    private static let flush = Duration.milliseconds(100)
    private static let lookInterval = Duration.milliseconds(200)

    let settings: ClusterSettings
    let bus: any PeerBus
    private let inbox: ClusterInbox
    private let board: ClusterBoard
    private let hooks: Hooks
    var node: ClusterNode
    private var wire: ClusterWire
    private var others = OtherNodes()
    private var log: ClusterLog
    private var random = SystemRandomNumberGenerator()
    private var report = ClusterReport(up: 0, joining: 1, leaving: 0, lost: 0, partial: [], returning: 0)
    private var isLinked = false
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
    /// What other nodes claim and was not looked for yet.
    private var questions: [ClaimQuestion] = []
    private var orderStates: [UInt64: OrderState] = [:]
    private var areOrdersRunning = false

    init(_ settings: ClusterSettings, bus: any PeerBus, access: ClusterAccess, logger: Logger, hooks: Hooks) {
        (self.settings, self.bus, self.inbox, self.board, self.hooks) = (settings, bus, access.inbox, access.board, hooks)
        wire = ClusterWire(settings, of: access.instance)
        log = ClusterLog(logger)
        node = ClusterNode(
            .init(instance: access.instance, label: settings.name, software: BuildInfo.version, basePath: settings.basePath),
            maxNames: [.summary: settings.maxVersions + 1, .routes: settings.maxRoutes + 1, .rows: settings.maxRows],
            release: Array((settings.release ?? "").utf8), at: MonotonicTime.now)
    }

    /// What it counts, for the metrics.
    var counters: ClusterCounters { wire.counters }

    /// Works until its task is cancelled.
    func run(_ fleet: Fleet) async {
        await fleet.want(.counts, by: .peers)
        bus.listen(to: channels)
        bus.open { [inbox] in inbox.put($0) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [inbox] in
                var next = MonotonicTime.now
                while (try? await Task.sleep(for: max(.zero, next - MonotonicTime.now), tolerance: .zero)) != nil {
                    next = inbox.tick(after: Self.tick)
                }
                inbox.wake()
            }
            while !Task.isCancelled {
                await step(fleet)
                await inbox.wait(until: nextStep)
            }
        }
    }

    /// When there is something to do, should nothing happen and no tick come until then.
    private var nextStep: Duration? {
        let orders = areOrdersRunning ? node.lastAdvance + Self.ordersInterval : nil
        return [inbox.firstChange.map { $0 + Self.flush }, node.nextStep, orders].compactMap(\.self).min()
    }

    private func step(_ fleet: Fleet) async {
        let (content, now) = (inbox.take(), MonotonicTime.now)
        for spoken in content.orders { take(spoken, at: now) }
        for target in content.revocations { node.revoke(target, at: now, using: &random) }
        for (mark, bytes) in content.notes { publish(node.note(bytes), on: .node(mark), at: now) }
        if content.isOverrun {
            wire.counters.rejected[.overrun, default: 0] += 1
            node.settle(at: now)
        }
        for (event, time) in content.events { take(event, of: time, at: now) }
        await hearWants(fleet)
        await lookForTabs(fleet)
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
        (wire.counters.gaps, wire.counters.mismatches) = node.misses
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

    /// Has tabs that are on other nodes now give way. That they are answered after the counts fell is what keeps them from being counted twice.
    private func lookForTabs(_ fleet: Fleet) async {
        guard !questions.isEmpty else { return }
        let asked = questions
        questions = []
        for question in asked { hooks.giveWay(question.claims) }
        // The loops close them first, and say so in the same round.
        await fleet.refresh()
        for question in asked { node.looked(for: question) }
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
        case .change(let number, let change, let remark):
            node.changeOrder(number, at: now) { control in
                switch change {
                case .stop: control.isStopped = true
                case .rate(let rate): control.rate = rate
                }
                control.remark = remark?.encoded ?? []
            }
        }
    }

    /// Tells the others how far this node is, and the loops at which pace they go on.
    private func followOrders(at now: Duration) {
        if node.hasOrders { node.noteOrders(hooks.progress(), at: now) }
        areOrdersRunning = node.areOrdersRunning(at: now)
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
        for tab in own.claimed { node.note(tab, at: time) }
        for (name, count) in own.versions { node.set(.summary, name, to: count, arrivals: own.arrivals[name] ?? 0, at: time) }
        for (name, count) in own.arrivals where own.versions[name] == nil {
            node.set(.summary, name, to: node.ownCount(.summary, name), arrivals: count, at: time)
        }
        for (name, count) in own.routes { node.set(.routes, name, to: count, at: time) }
        for (row, count) in own.rows { node.set(.rows, row, to: count, at: time) }
        // They are told at once.
        if !own.displaced.isEmpty { inbox.wake() }
        for tab in own.displaced { node.displaced(version: tab.version, route: tab.route, due: tab.due, key: tab.key, at: tab.closed) }
        others.update(from: &node)
        defer { (isNoted, newestChange) = (false, nil) }
        let isAnyListWanted = toldWants.union(node.wantsOfOthers).contains(.rows)
        return Exchange(
            delta: others.takeDelta(listing: list.limit, renamed: list.renamed), report: report, lastChange: newestChange,
            reserved: isAnyListWanted ? node.placesOfOthers(of: list.places) : 0, rows: list.wantsRows ? others.rows.rows : [])
    }

    // MARK: The bus

    /// - Parameter time: when the bus said it.
    private func take(_ event: BusEvent, of time: Duration, at now: Duration) {
        switch event {
        case .connected:
            isLinked = true
            log.connected(to: settings.place)
            node.linkConnected(at: now)
            nextLook = now
        case .lost(let fault):
            isLinked = false
            wire.counters.lost[fault, default: 0] += 1
            log.lost(fault, settings.place)
            node.linkLost(at: now)
            nextLook = now
        case .published(let receivers): node.published(to: receivers)
        case .received(let part): hear(part, of: time, at: now)
        }
    }

    private func hear(_ part: [UInt8], of time: Duration, at now: Duration) {
        switch wire.read(part, of: time) {
        case .message(let message): hear(message, at: now)
        case .foreign(let instance):
            log.foreign(instance)
            node.hearForeign(from: instance, at: now)
        case .nothing: break
        }
    }

    private func hear(_ message: ClusterMessage, at now: Duration) {
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
            case .look(let question): questions.append(question)
            }
        }
    }

    private func publish(_ message: ClusterMessage, on channel: BusChannel, at now: Duration) {
        bus.publish(wire.write(message.body, at: now), on: channel)
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
        board.show(.init(report: new, nodes: nodes, isReady: node.isReady(at: now), isLinked: isLinked, echo: wire.echo))
        askMemory(at: now)
        guard new != report else { return }
        report = new
        hooks.noteChange(now)
    }
}
