/// One node of a cluster: what it counts itself, what it knows of the others, and what it has to say. A pure value: it is handed the time and
/// the messages, and says what is to be done; an actor carries that out.
///
/// Redis is a wire for it, not a memory: every node owns its own counts and tells them as absolute, numbered values, so a lost
/// message is noticed and mended by its owner, and nothing outlives the node that said it.
package struct ClusterNode: Sendable {
    package enum Action: Sendable, Equatable {
        /// Hand it to the bus, once: there is no retry and no queue.
        case publish(ClusterMessage)
        /// Drop both connections and dial anew; then call ``linkLost(at:)``.
        case reconnect(OwnLink.Fault)
        /// Another release is in force in the whole cluster.
        case adoptRelease([UInt8])
        /// Another node says this to this one alone.
        case deliver([UInt8])
        /// Something was taken back on another node.
        case revoke(String)
    }

    /// What a node is told about itself when it starts.
    package struct Identity: Sendable {
        /// This run of this node.
        package var instance: InstanceID
        package var label: String
        package var software: String
        package var basePath: String

        package init(instance: InstanceID, label: String, software: String, basePath: String) {
            (self.instance, self.label, self.software, self.basePath) = (instance, label, software, basePath)
        }
    }

    /// Names that nobody has run for so long are forgotten.
    private static let nameMemory = Duration.seconds(60)

    package let identity: Identity
    let started: Duration
    package private(set) var state = Heartbeat.State.joining
    private var wants: Heartbeat.Wants = []
    private(set) var streams: [Section: OwnStream]
    private(set) var peers: PeerTable
    private(set) var transit = Transit()
    private var displaced: DisplacedTabs
    private var revocations = RevocationLog()
    private var lastNote: UInt64 = 0
    /// Whether it is still to hear who was in transit before it came; the first settled node that answers knows all.
    private var takesTransit = true
    private(set) var link: OwnLink
    private(set) var witness = Witness()
    private(set) var register: ControlRegister<[UInt8]>
    private(set) var lastAdvance: Duration
    private var lastUptime = Duration.zero
    private var times: TellingTimes

    /// - Parameters:
    ///   - maxNames: how many names of each section this node tells of. Of another node several times as many are believed.
    ///   - release: what this node was configured with; any release that was ever announced in the cluster wins over it.
    package init(_ identity: Identity, maxNames: [Section: Int], release: [UInt8], at now: Duration) {
        self.identity = identity
        started = now
        streams = Dictionary(uniqueKeysWithValues: Section.allCases.map { ($0, OwnStream($0, maxNames: maxNames[$0] ?? 0)) })
        // Nodes may be set up differently, and names that are gone are remembered for a while.
        peers = PeerTable(own: identity.instance, maxNames: maxNames.mapValues { max(4096, 4 * $0) })
        link = OwnLink(at: now)
        register = ControlRegister(initial: release, of: identity.instance)
        lastAdvance = now
        times = TellingTimes(at: now)
        displaced = DisplacedTabs(of: identity.instance)
    }

    // MARK: What it counts itself

    /// Sets the count of a name on this node.
    /// - Parameter arrivals: tabs that came under it since the last call; only of versions.
    package mutating func set(_ section: Section, _ name: String, to count: Int, arrivals: Int = 0, at now: Duration) {
        streams[section]?.set(name, to: count, arrivals: section == .summary ? arrivals : 0, at: now)
        if section == .summary { transit.arrived(name, arrivals, at: now) }
    }

    /// This node closed a tab to move it elsewhere. Say so together with the count that fell.
    /// - Parameter due: when the tab should be back: 5 s for a stock WebSocket client, what `retry` said for an event stream, 0 for our own.
    package mutating func displaced(version: String, route: String, due: Duration, at now: Duration) {
        transit.expect(displaced.add(version: version, route: route, due: due, at: now), at: now)
    }

    /// From now on it moves its tabs elsewhere.
    package mutating func startDraining(at now: Duration) {
        state = .draining
        times.hurryHeartbeat(at: now)
    }

    /// Every tab is gone: says goodbye, twice. Whoever is still connected should have been ``displaced(version:route:due:at:)`` before.
    package mutating func leave(at now: Duration) {
        times.leave(at: now)
    }

    /// Whether both goodbyes are said.
    package var hasLeft: Bool { times.hasLeft }

    /// Somebody on this node looks at these sections now. Says so at once where they are more than before.
    package mutating func want(_ wants: Heartbeat.Wants, at now: Duration) {
        guard wants != self.wants else { return }
        if !wants.isSubset(of: self.wants) { times.hurryHeartbeat(at: now) }
        self.wants = wants
        peers.want(wants.contains(.routes) ? [.summary, .routes] : [.summary])
    }

    /// A release is announced on this node.
    package mutating func announce(_ release: [UInt8], at now: Duration) {
        register.set(release, by: identity.instance)
        times.hurryHeartbeat(at: now)
    }

    /// Something is taken back on this node.
    package mutating func revoke(_ target: String, at now: Duration, using random: inout some RandomNumberGenerator) {
        revocations.add(target, id: random.next(), at: now)
        times.hurryHeartbeat(at: now)
    }

    /// Something for one other node alone.
    package mutating func note(_ bytes: [UInt8]) -> ClusterMessage {
        lastNote += 1
        return ClusterMessage(sender: identity.instance, body: .note(number: lastNote, bytes))
    }

    // MARK: The link

    package mutating func linkConnected(at now: Duration) {
        link.connected(at: now)
        witness.startOver()
        settle(at: now)
    }

    package mutating func linkLost(at now: Duration) { link.lost() }

    /// What the last `PUBLISH` answered.
    package mutating func published(to receivers: Int) { witness.published(to: receivers) }

    /// A message came in a schema that this node does not read.
    package mutating func hearForeign(from sender: InstanceID, at now: Duration) { peers.hearForeign(from: sender, at: now) }

    /// Something may have been missed: the next heartbeats' numbers and digests tell what, and their owners are asked. Who came meanwhile is
    /// known by counters that only grow.
    package mutating func settle(at now: Duration) {
        link.settle(at: now)
        peers.settle()
        times.hurryHeartbeat(at: now)
    }

    // MARK: Hearing

    /// Takes a message from the bus.
    package mutating func hear(_ message: ClusterMessage, at now: Duration, using random: inout some RandomNumberGenerator) -> [Action] {
        if message.sender == identity.instance {
            if case .heartbeat = message.body { link.heardItself(at: now) }
            return []
        }
        switch message.body {
        case .heartbeat(let heartbeat):
            carryOut(peers.hear(heartbeat, from: message.sender, at: now), at: now, using: &random)
            // What a node was started with is for itself, and for those that were started with nothing.
            let revoked = revocations.merge(heartbeat.revocations, at: now).map { Action.revoke($0) }
            guard heartbeat.release.count > 0 || register.value.isEmpty, register.merge(heartbeat.release) else { return revoked }
            return revoked + [.adoptRelease(register.value)]
        case .delta(let delta, let moved):
            let events = peers.hear(delta, from: message.sender, at: now)
            // A tab leaves its node's counts and enters the transit at once. Where the counts could not be taken, its snapshot brings both.
            if !peers.isUnsynced(message.sender) { expect(moved, of: message.sender, at: now) }
            carryOut(events, at: now, using: &random)
        case .snapshot(let snapshot, let moved, let isSettled):
            carryOut(peers.hear(snapshot, from: message.sender, at: now), at: now, using: &random)
            guard snapshot.section == .summary else { return [] }
            // Who came between this answer and the others' is known to those that answer later.
            let own = moved.filter { $0.id.instance == message.sender }
            expect(own, of: message.sender, isAdopted: link.isSettling(at: now), at: now)
            if isSettled { adopt(moved, at: now) }
        case .leave(let moved):
            expect(moved.filter { $0.id.instance == message.sender }, of: message.sender, at: now)
            peers.hearLeave(of: message.sender, at: now)
        case .note(let number, let bytes): return peers.hearNote(number, from: message.sender) ? [.deliver(bytes)] : []
        }
        return []
    }

    private mutating func expect(_ moved: [TransitEntry], of sender: InstanceID, isAdopted: Bool = false, at now: Duration) {
        guard let peer = peers.peers[sender], !peer.hasLeft else { return }
        for entry in moved { transit.expect(entry, isAdopted: isAdopted, at: now) }
    }

    /// Takes over who is in transit from a node that was there before. Each further one takes out whom it has seen arrive.
    private mutating func adopt(_ moved: [TransitEntry], at now: Duration) {
        if takesTransit {
            takesTransit = false
            for entry in moved { transit.expect(entry, isAdopted: true, at: now) }
        } else if link.isSettling(at: now) {
            transit.keepAdopted(Set(moved.map(\.id)))
        }
    }

    private mutating func carryOut(_ events: [PeerTable.Event], at now: Duration, using random: inout some RandomNumberGenerator) {
        for event in events {
            switch event {
            case .arrived(let version, let count): transit.arrived(version, count, at: now)
            case .missed: times.missed(at: now, using: &random)
            case .asked(let section): times.asked(section, at: now, using: &random)
            }
        }
    }

    // MARK: Time

    /// Does what is due. Call it at least ten times a second: a longer pause counts as a stall of this node.
    package mutating func advance(to now: Duration, using random: inout some RandomNumberGenerator) -> [Action] {
        var actions: [Action] = []
        let pause = now - lastAdvance
        lastAdvance = now
        if pause > ClusterTimes.stall {
            peers.excuse(stall: pause, at: now)
            // What waited in the socket may be old: nothing is sure before a full round of heartbeats, and whom to expect is asked anew.
            settle(at: now)
            transit.startOver()
            takesTransit = true
            for entry in displaced.entries(at: now) { transit.expect(entry, at: now) }
        }
        if let fault = linkFault(at: now) { actions.append(.reconnect(fault)) }
        let heard = 1 + peers.peers.values.count { $0.state == .up && !$0.isSilent(at: now) }
        witness.look(heard: heard, at: now)
        peers.expire(at: now, linkedSince: link.since, isSilenceConfirmed: witness.confirmsSilence)
        transit.expire(at: now)
        revocations.expire(at: now)
        streams[.summary]?.forgetNames(goneSince: now - Self.nameMemory)
        if state == .joining, isReady(at: now) { state = .up }
        guard link.since != nil else { return actions }
        if times.hasLeft { return actions }
        if times.takeGoodbye(at: now) { actions += sayGoodbye(at: now) }
        actions += tell(at: now, using: &random)
        return actions
    }

    private func linkFault(at now: Duration) -> OwnLink.Fault? {
        if link.hasNoEcho(at: now) { return .noEcho }
        if link.since != nil, peers.isUnheard(at: now, link: link) { return .unheard }
        return nil
    }

    private mutating func tell(at now: Duration, using random: inout some RandomNumberGenerator) -> [Action] {
        var actions: [Action] = []
        let isHeartbeatDue = times.isHeartbeatDue(at: now)
        let answered = times.takeSnapshotsDue(at: now)
        for section in Section.allCases where peers.isWanted(section) {
            // What a heartbeat or a snapshot says must be whole.
            if isHeartbeatDue || answered.contains(section) || isFlushDue(section, at: now) { actions += flush(section, at: now) }
        }
        for section in answered {
            guard peers.isWanted(section), let stream = streams[section] else { continue }
            let moved = section == .summary ? transit.entries(at: now) : []
            actions.append(publish(.snapshot(stream.snapshot(), transit: moved, isSettled: !link.isSettling(at: now))))
        }
        if isHeartbeatDue {
            times.didHeartbeat(at: now, using: &random)
            actions.append(publish(.heartbeat(heartbeat(at: now))))
        }
        return actions
    }

    /// A small cluster tells after 100 ms; in a large one each waits longer, so that what all hear together stays the same.
    private func isFlushDue(_ section: Section, at now: Duration) -> Bool {
        if section == .summary, !displaced.isEmpty { return true }
        guard let since = streams[section]?.changedSince else { return false }
        return now - since >= min(.milliseconds(500), max(.milliseconds(100), .milliseconds(5) * peers.peers.count))
    }

    private mutating func flush(_ section: Section, at now: Duration) -> [Action] {
        let moved = section == .summary ? displaced.take(at: now) : []
        guard let delta = streams[section]?.takeDelta(at: now) ?? emptyDelta(section, if: !moved.isEmpty) else { return [] }
        return [publish(.delta(delta, transit: moved))]
    }

    /// Transit without a count that changed: it travels with the number that is already known, so no copy falls behind.
    private func emptyDelta(_ section: Section, if isNeeded: Bool) -> SectionDelta? {
        guard isNeeded, let mark = streams[section]?.mark else { return nil }
        return SectionDelta(section: section, sequence: mark.sequence, age: .zero, entries: [])
    }

    private mutating func sayGoodbye(at now: Duration) -> [Action] {
        let own = transit.entries(at: now).filter { $0.id.instance == identity.instance }.prefix(DisplacedTabs.maxTold)
        return flush(.summary, at: now) + [publish(.leave(transit: Array(own)))]
    }

    private mutating func heartbeat(at now: Duration) -> Heartbeat {
        lastUptime = max(now - started, lastUptime + .microseconds(1))
        let active = Section.allCases.filter { peers.isWanted($0) }
        var heartbeat = Heartbeat(
            label: identity.label, software: identity.software, basePath: identity.basePath, state: state, uptime: lastUptime, wants: wants,
            marks: active.compactMap { streams[$0]?.mark }, isEmpty: streams.values.allSatisfy { $0.hasToldNothing },
            hears: peers.hears(at: now).map(\.mark), misses: peers.misses(at: now), asks: peers.takeQuestions(at: now), release: register)
        heartbeat.revocations = revocations.told(at: now)
        return heartbeat
    }

    private func publish(_ body: ClusterMessage.Body) -> Action {
        .publish(ClusterMessage(sender: identity.instance, body: body))
    }

    // MARK: Changes of the view

    /// The counts of other nodes that changed since the last call, absolute, by node and section.
    package mutating func takePeerChanges() -> [InstanceID: [Section: [String: Int]]] { peers.takeChanges() }

    /// By how much the transit changed since the last call.
    package mutating func takeTransitChanges(_ section: Section) -> [String: Int] { transit.takeChanges(section) }
}
