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
        /// Another release is in force in the whole cluster; with what is said to its tabs, where an order says that.
        case adoptRelease([UInt8], by: [UInt8]?)
        /// Another node ordered this; it is to be done here, too.
        case carryOut(Order)
        /// An order goes on otherwise, as another node says.
        case changeOrder(UInt64, OrderControl)
        /// Another node says this to this one alone.
        case deliver([UInt8])
        /// Something was taken back on another node.
        case revoke(String)
        /// Another node claims tabs: those that are here are to give way, each with ``displaced(version:route:due:key:at:)``; then call
        /// ``looked(for:)``.
        case look(ClaimQuestion)
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
    private static let claimsInterval = Duration.milliseconds(50)

    package let identity: Identity
    let started: Duration
    package private(set) var state = Heartbeat.State.joining
    var wants: Heartbeat.Wants = []
    var streams: [Section: OwnStream]
    var peers: PeerTable
    var moves: TabMoves
    var revocations = RevocationLog()
    var orders: OrderLog
    var claims = OwnClaims()
    var answers = ClaimAnswers()
    /// What is counted here, of which ``claims`` may hold some back.
    private var counted: [Section: [String: Int]] = [:]
    private var lastNote: UInt64 = 0
    var link: OwnLink
    private(set) var witness = Witness()
    var register: ControlRegister<[UInt8]>
    package private(set) var lastAdvance: Duration
    var lastUptime = Duration.zero
    var times: TellingTimes

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
        moves = TabMoves(of: identity.instance)
        orders = OrderLog(of: identity.instance)
    }

    // MARK: What it counts itself

    /// Sets the count of a name on this node.
    /// - Parameter arrivals: tabs that came under it since the last call; only of versions.
    package mutating func set(_ section: Section, _ name: String, to count: Int, arrivals: Int = 0, at now: Duration) {
        // Whether a row is held is nothing that others ask.
        if section == .rows {
            streams[section]?.set(name, to: count, at: now)
        } else {
            counted[section, default: [:]][name] = count == 0 ? nil : count
            restate(section, name, arrivals: arrivals, at: now)
        }
    }

    /// What this node alone counts, by name.
    func ownCounts(_ section: Section) -> [String: Int] { counted[section] ?? [:] }

    /// What this node alone counts under a name.
    package func ownCount(_ section: Section, _ name: String) -> Int { counted[section]?[name] ?? 0 }

    /// This node closed a tab to move it elsewhere. Say so together with the count that fell.
    /// - Parameters:
    ///   - due: when the tab should be back: 5 s for a stock WebSocket client, what `retry` said for an event stream, 0 for our own.
    ///   - key: of a tab that another node may have claimed, or that came from one just now.
    package mutating func displaced(version: String, route: String, due: Duration, key: TabKey? = nil, at now: Duration) {
        if let key, !claims.displaced(key) { return }
        moves.displaced(version: version, route: route, due: due, at: now)
        if let key { answers.yielded(key) }
    }

    /// From now on it moves its tabs elsewhere.
    package mutating func startDraining(at now: Duration) {
        state = .draining
        times.hurryHeartbeat(at: now)
    }

    /// Every tab is gone: says goodbye, twice. Whoever is still connected should have been ``displaced(version:route:due:key:at:)`` before.
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
        peers.want(Set(Section.allCases.filter { wants.isSuperset(of: $0.want) }))
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

    // MARK: Time

    /// When ``advance(to:using:)`` is to be called, should nothing happen until then; nil where ten times a second is enough.
    package var nextStep: Duration? {
        guard link.since != nil, !times.hasLeft else { return nil }
        // Tabs that are held wait for answers, and for those that do not come.
        return claims.isEmpty ? times.next : min(times.next ?? .seconds(Int64.max / 2), lastAdvance + Self.claimsInterval)
    }

    /// Does what is due. Call it about ten times a second, and at ``nextStep``: a pause of half a second counts as a stall of this node.
    package mutating func advance(to now: Duration, using random: inout some RandomNumberGenerator) -> [Action] {
        var actions: [Action] = []
        let pause = now - lastAdvance
        lastAdvance = now
        if pause > ClusterTimes.stall {
            peers.excuse(stall: pause, at: now)
            // What waited in the socket may be old: nothing is sure before a full round of heartbeats, and whom to expect is asked anew.
            settle(at: now)
            moves.startOver(at: now)
        }
        if let fault = linkFault(at: now) { actions.append(.reconnect(fault)) }
        let heard = 1 + peers.peers.values.count { $0.state == .up && !$0.isSilent(at: now) }
        witness.look(heard: heard, at: now)
        peers.expire(at: now, linkedSince: link.since, isSilenceConfirmed: witness.confirmsSilence)
        moves.expire(at: now)
        advanceClaims(at: now)
        revocations.expire(at: now)
        orders.expire(at: now)
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

    // MARK: Changes of the view

    /// The counts of other nodes that changed since the last call, absolute, by node and section.
    package mutating func takePeerChanges() -> [InstanceID: [Section: [String: Int]]] { peers.takeChanges() }

    /// By how much the transit changed since the last call.
    package mutating func takeTransitChanges(_ section: Section) -> [String: Int] { moves.takeChanges(section) }
}
