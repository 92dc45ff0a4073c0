/// What this node says to the others about them, and how sure it is of their numbers.
extension PeerTable {
    // MARK: What it says to others

    /// Whether what a node counts is not known for sure now.
    package func isUnsynced(_ sender: InstanceID) -> Bool { !(peers[sender]?.isSynced(.summary) ?? false) }

    /// The sections that this node tells: all look at the counts of versions, and some other node at the others.
    package var sectionsToTell: [Section] {
        let wants = wants
        return Section.allCases.filter { wants.isSuperset(of: $0.want) }
    }

    /// What all other nodes together look at.
    package var wants: Heartbeat.Wants {
        peers.values.reduce(into: []) { wants, peer in
            if peer.state == .up, let more = peer.introduction?.wants { wants.formUnion(more) }
        }
    }

    /// Whom this node hears.
    package func hears(at now: Duration) -> [InstanceID] {
        peers.filter { !$0.value.hasLeft && !$0.value.isSilent(at: now) }.map(\.key).sorted()
    }

    package func misses(at now: Duration) -> [Heartbeat.Silence] {
        peers.filter { id, peer in
            if case .lost = peer.state { return true }
            return peer.state == .up && peer.isSilent(at: now)
        }.map { Heartbeat.Silence(instance: $0.key, lasting: now - $0.value.heard) }.sorted { $0.instance < $1.instance }
    }

    func questions(at now: Duration) -> [Heartbeat.Question] {
        var questions: [Heartbeat.Question] = []
        for id in hears(at: now) {
            guard let peer = peers[id] else { continue }
            for section in wanted.sorted() where asksAll || !(peer.isSynced(section) || peer.isAnswerAwaited(section, at: now)) {
                questions.append(.init(instance: id, section: section))
            }
        }
        return questions
    }

    // MARK: What is in doubt

    /// Why the numbers may not be whole, as far as the peers are the reason.
    package func doubts(at now: Duration, link: OwnLink) -> Set<Doubt> {
        var doubts: Set<Doubt> = []
        if !foreign.isEmpty { doubts.insert(.foreign) }
        if !oversized.isEmpty { doubts.insert(.size) }
        for peer in peers.values {
            switch peer.state {
            case .left: continue
            case .lost:
                doubts.insert(.lost)
                continue
            case .up: break
            }
            if peer.isSilent(at: now) { doubts.insert(.silent) }
            if now - link.fromSettlingOn(peer.hearsMe) > ClusterTimes.unheard { doubts.insert(.unheard) }
            for (section, since) in peer.unsyncedSince where wanted.contains(section) && now - since > ClusterTimes.unsynced {
                doubts.insert(peer.streams[section]?.hasCopy ?? false ? .unsynced : .joining)
            }
        }
        return doubts
    }

    /// Whether a node that this one hears has not heard it for so long that the fault must lie with this one.
    package func isUnheard(at now: Duration, link: OwnLink) -> Bool {
        peers.values.contains { peer in
            !peer.hasLeft && !peer.isSilent(at: now) && now - link.fromSettlingOn(peer.hearsMe) > ClusterTimes.gone
        }
    }
}
