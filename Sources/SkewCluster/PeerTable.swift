/// All other nodes as this one knows them: who is there, what each counts, and what is in doubt.
///
/// Each node judges for itself and by its own monotonic clock; nobody's word makes another one disappear.
package struct PeerTable: Sendable {
    /// What hearing a message calls for.
    package enum Event: Sendable, Equatable {
        /// Tabs of a version came to a peer.
        case arrived(version: String, count: Int)
        /// Something was missed: say so soon, which asks its owner.
        case missed
        /// This node is asked for a section.
        case asked(Section)
    }

    /// The most nodes of a cluster.
    package static let maxNodes = 128

    /// One that is not believed again: it said goodbye, or what it says was said before.
    private struct Departed {
        var uptime: Duration
        var hasLeft: Bool
        var until: Duration
    }

    private let own: InstanceID
    private let maxNames: [Section: Int]
    /// All that were heard or heard of, by instance.
    package private(set) var peers: [InstanceID: Peer] = [:]
    private var departed: [InstanceID: Departed] = [:]
    private(set) var foreign: [InstanceID: Duration] = [:]
    private(set) var oversized: [InstanceID: Duration] = [:]
    private(set) var wanted: Set<Section> = [.summary]
    private var changes: [InstanceID: [Section: [String: Int]]] = [:]
    /// After a settling the sections are asked for anew, whatever their numbers say.
    private(set) var asksAll = false
    /// How often a delta of a peer was missed, and how often a copy was not what its owner counts.
    package private(set) var (gaps, mismatches) = (0, 0)

    /// - Parameter maxNames: how many names of each section a node may tell of.
    package init(own: InstanceID, maxNames: [Section: Int]) {
        (self.own, self.maxNames) = (own, maxNames)
    }

    // MARK: Hearing

    package mutating func hear(_ heartbeat: Heartbeat, from sender: InstanceID, at now: Duration) -> [Event] {
        guard accepts(heartbeat, from: sender, at: now) else { return [] }
        // Taken out and put back, here and below: so nothing of it is copied when it changes.
        var peer = peers.removeValue(forKey: sender) ?? Peer(heard: now)
        peer.heard = now
        peer.introduction = heartbeat
        if heartbeat.hears.contains(own.mark) { peer.hearsMe = now }
        var events: [Event] = heartbeat.asks.filter { $0.instance == own }.map { .asked($0.section) }
        for section in wanted.sorted() {
            let mark = heartbeat.marks.first { $0.section == section }
            var stream = peer.streams.removeValue(forKey: section) ?? newStream(section)
            defer { peer.streams[section] = stream }
            // Also of what it does not tell yet, since it has not heard that somebody looks at it.
            if heartbeat.isEmpty, !stream.isSynced, mark?.digest ?? 0 == 0 {
                noteChanges(stream.counts.mapValues { _ in 0 }, section, of: sender)
                stream.beginEmpty(at: mark?.sequence ?? 0)
            }
            guard let mark else { continue }
            let wasRight = stream.isSynced
            let isRight = stream.check(mark)
            if wasRight, !isRight, stream.isAt(mark) { mismatches += 1 }
            if wasRight, !isRight, !stream.isAt(mark) { gaps += 1 }
            if !isRight { events += ask(&peer, section, at: now) }
        }
        restore(&peer, sender)
        peers[sender] = peer
        hear(of: heartbeat.misses, at: now)
        return events
    }

    package mutating func hear(_ delta: SectionDelta, from sender: InstanceID, at now: Duration) -> [Event] {
        guard wanted.contains(delta.section), var peer = takePresent(sender) else { return [] }
        peer.heard = now
        var stream = peer.streams.removeValue(forKey: delta.section) ?? newStream(delta.section)
        if case .lost = peer.state { stream.putAside() }
        let wasRight = stream.isSynced
        let outcome = stream.apply(delta)
        if wasRight, outcome == .gap { gaps += 1 }
        peer.streams[delta.section] = stream
        let events = carryOut(outcome, delta.section, &peer, sender, at: now)
        peers[sender] = peer
        return events
    }

    package mutating func hear(_ snapshot: SectionSnapshot, from sender: InstanceID, at now: Duration) -> [Event] {
        guard wanted.contains(snapshot.section), var peer = takePresent(sender) else { return [] }
        peer.heard = now
        var stream = peer.streams.removeValue(forKey: snapshot.section) ?? newStream(snapshot.section)
        let outcome = stream.apply(snapshot)
        peer.streams[snapshot.section] = stream
        let events = carryOut(outcome, snapshot.section, &peer, sender, at: now)
        restore(&peer, sender)
        peers[sender] = peer
        return events
    }

    /// Takes out one that is known and has not left.
    private mutating func takePresent(_ sender: InstanceID) -> Peer? {
        guard let peer = peers.removeValue(forKey: sender) else { return nil }
        guard peer.hasLeft else { return peer }
        peers[sender] = peer
        return nil
    }

    /// A note came.
    /// - Returns: whether it is to be believed: it is from a node that is known, and was not said before.
    package mutating func hearNote(_ number: UInt64, from sender: InstanceID) -> Bool {
        guard let peer = peers[sender], !peer.hasLeft, peer.introduction != nil, number > peer.lastNote else { return false }
        peers[sender]?.lastNote = number
        return true
    }

    /// A node said goodbye: it counts nothing any more.
    package mutating func hearLeave(of sender: InstanceID, at now: Duration) {
        guard var peer = peers[sender], !peer.hasLeft else { return }
        takeOut(sender, peer)
        peer.state = .left(at: now)
        peer.streams = [:]
        peers[sender] = peer
    }

    /// A message in a schema that this node does not read.
    package mutating func hearForeign(from sender: InstanceID, at now: Duration) {
        guard foreign.count < Self.maxNodes || foreign[sender] != nil else { return }
        foreign[sender] = now
    }

    /// Replays are no news: the uptime of a node only grows, also over the time in which it was forgotten.
    private func accepts(_ heartbeat: Heartbeat, from sender: InstanceID, at now: Duration) -> Bool {
        if let known = departed[sender], known.hasLeft || heartbeat.uptime <= known.uptime { return false }
        guard let peer = peers[sender] else { return peers.count < Self.maxNodes - 1 }
        if let last = peer.introduction, heartbeat.uptime <= last.uptime { return false }
        return !peer.hasLeft
    }

    /// Who came later cannot know of a node that is cut off: those who miss it tell.
    private mutating func hear(of misses: [Heartbeat.Silence], at now: Duration) {
        for silence in misses where silence.instance != own && peers[silence.instance] == nil && departed[silence.instance] == nil {
            guard (Duration.zero..<ClusterTimes.lostKept).contains(silence.lasting), peers.count < Self.maxNodes - 1 else { continue }
            var stranger = Peer(heard: now - silence.lasting)
            stranger.state = .lost(since: min(now, now - silence.lasting + ClusterTimes.gone))
            peers[silence.instance] = stranger
        }
    }

    private mutating func carryOut(
        _ outcome: PeerStream.Outcome, _ section: Section, _ peer: inout Peer, _ sender: InstanceID, at now: Duration
    ) -> [Event] {
        switch outcome {
        case .old: return []
        case .gap: return ask(&peer, section, at: now)
        case .tooMany:
            oversized[sender] = now
            peer.unsyncedSince[section] = peer.unsyncedSince[section] ?? now
            return []
        case .changed(let counts, let arrivals):
            peer.closeQuestion(of: section)
            if peer.state == .up { noteChanges(counts, section, of: sender) }
            guard section == .summary else { return [] }
            return arrivals.sorted { $0.key < $1.key }.map { .arrived(version: $0.key, count: $0.value) }
        }
    }

    private mutating func ask(_ peer: inout Peer, _ section: Section, at now: Duration) -> [Event] {
        peer.unsyncedSince[section] = peer.unsyncedSince[section] ?? now
        return peer.isAnswerAwaited(section, at: now) ? [] : [.missed]
    }

    /// A node that was lost is counted again as soon as its copy is known to be right.
    private mutating func restore(_ peer: inout Peer, _ sender: InstanceID) {
        for section in wanted where peer.isSynced(section) { peer.closeQuestion(of: section) }
        guard case .lost = peer.state, peer.isSynced(.summary) else { return }
        peer.state = .up
        for (section, stream) in peer.streams { noteChanges(stream.counts, section, of: sender) }
    }

    /// The others that are counted, each with the time when it was last heard.
    var heard: [InstanceID: Duration] { peers.filter { $0.value.state == .up && $0.value.introduction != nil }.mapValues(\.heard) }

    private func newStream(_ section: Section) -> PeerStream { PeerStream(maxNames: maxNames[section] ?? 0) }

    // MARK: Time

    /// A stall of mine is no silence of theirs. It must not reach into the future.
    package mutating func excuse(stall: Duration, at now: Duration) {
        for (id, peer) in peers { peers[id]?.heard = min(now, peer.heard + stall) }
    }

    /// Something may have been missed: every section is asked for with the next heartbeat.
    package mutating func settle() { asksAll = true }

    /// Lets go of who is silent for too long, and forgets who is lost for longer.
    /// - Parameters:
    ///   - linkedSince: a silence that began before this connection was made is not confirmed by it; nil while there is none.
    ///   - isSilenceConfirmed: whether the bus itself has no subscriber left for somebody silent.
    package mutating func expire(at now: Duration, linkedSince: Duration?, isSilenceConfirmed: Bool) {
        for (id, peer) in peers {
            switch peer.state {
            case .up where now - peer.heard > ClusterTimes.gone,
                .up where isSilenceConfirmed && peer.isSilent(at: now) && linkedSince.map { peer.heard > $0 } ?? false:
                takeOut(id, peer)
                peers[id]?.state = .lost(since: now)
                for section in peer.streams.keys { peers[id]?.streams[section]?.putAside() }
            case .lost(let since) where now - since > ClusterTimes.lostKept:
                forget(id, hasLeft: false, at: now)
            case .left(let at) where now - at > ClusterTimes.lostKept:
                forget(id, hasLeft: true, at: now)
            case .up, .lost, .left: break
            }
        }
        departed = departed.filter { $0.value.until > now }
        foreign = foreign.filter { now - $0.value <= ClusterTimes.lostKept }
        oversized = oversized.filter { now - $0.value <= ClusterTimes.lostKept }
    }

    private mutating func forget(_ id: InstanceID, hasLeft: Bool, at now: Duration) {
        let uptime = peers.removeValue(forKey: id)?.introduction?.uptime ?? .zero
        guard departed.count < 8 * Self.maxNodes else { return }
        departed[id] = Departed(uptime: uptime, hasLeft: hasLeft, until: now + ClusterTimes.refused)
    }

    private mutating func takeOut(_ id: InstanceID, _ peer: Peer) {
        guard peer.state == .up else { return }
        for (section, stream) in peer.streams { noteChanges(stream.counts.mapValues { _ in 0 }, section, of: id) }
    }

    // MARK: Wants

    /// Which sections this node looks at.
    package mutating func want(_ sections: Set<Section>) {
        if wanted.contains(.rows), !sections.contains(.rows) { forgetRows() }
        wanted = sections.union([.summary])
    }

    /// Rows that nobody tells any more are not kept: they are many, and would be wrong soon.
    private mutating func forgetRows() {
        for (id, peer) in peers {
            if peer.state == .up { noteChanges((peer.streams[.rows]?.counts ?? [:]).mapValues { _ in 0 }, .rows, of: id) }
            peers[id]?.streams[.rows] = nil
            peers[id]?.closeQuestion(of: .rows)
        }
    }

    /// What this node has lost track of, for the heartbeat that is said now. An owner that was asked a moment ago is not asked again: it would
    /// answer a second time where the question comes just after its answer.
    package mutating func takeQuestions(at now: Duration) -> [Heartbeat.Question] {
        defer { asksAll = false }
        let questions = questions(at: now)
        for question in questions { peers[question.instance]?.asked[question.section] = now }
        return questions
    }

    // MARK: Changes

    /// The counts that changed since the last call, by peer and section, absolute; 0 says that a name is gone there.
    package mutating func takeChanges() -> [InstanceID: [Section: [String: Int]]] {
        defer { changes = [:] }
        return changes
    }

    private mutating func noteChanges(_ counts: [String: Int], _ section: Section, of id: InstanceID) {
        changes[id, default: [:]][section, default: [:]].merge(counts) { _, new in new }
    }
}
