/// What a node knows of the whole cluster.
extension ClusterNode {
    /// The counts of a section over all nodes, with those in transit.
    package func counts(_ section: Section) -> [String: Int] {
        var counts = streams[section]?.counts ?? [:]
        for peer in peers.peers.values { counts.merge(peer.counts(section), uniquingKeysWith: +) }
        counts.merge(moves.counts(section), uniquingKeysWith: +)
        return counts
    }

    /// All tabs of all nodes, with those in transit.
    package var total: Int { counts(.summary).values.reduce(0, +) }

    /// All tabs of this node alone.
    package var ownTotal: Int { ownCounts(.summary).values.reduce(0, +) }

    /// What all other nodes together look at.
    package var wantsOfOthers: Heartbeat.Wants { peers.wants }

    /// How many places of the list are kept for the others, where this many may be listed over all nodes: so each node lists the same
    /// rows of itself for its own viewers and for the others'.
    package func placesOfOthers(of places: Int) -> Int {
        let others = peers.peers.values.map(\.total)
        let all = others.reduce(0, +)
        if all + ownTotal <= places { return all }
        return max(0, places - WaterLevel.level(others + [ownTotal], places: places))
    }

    /// Whether all that is known of the others' counts of a section is known to be right.
    package func isSynced(_ section: Section) -> Bool {
        peers.peers.values.allSatisfy { $0.state != .up || $0.isSynced(section) }
    }

    /// How many tabs are between two nodes.
    package var returning: Int { moves.count }

    /// The announced release, opaque.
    package var release: [UInt8] { register.value }

    /// All others that were heard or heard of.
    package var others: [InstanceID: Peer] { peers.peers }

    /// How often a delta of another node was missed, and how often a copy was not what its owner counts.
    package var misses: (gaps: Int, mismatches: Int) { (peers.gaps, peers.mismatches) }

    /// The other nodes that are counted, each with how long it had run when it was last heard.
    package var upNodes: [(instance: InstanceID, uptime: Duration)] {
        others.compactMap { instance, peer in peer.state == .up ? peer.introduction.map { (instance, $0.uptime) } : nil }
    }

    /// How long this node has run.
    package func uptime(at now: Duration) -> Duration { now - started }

    /// Why the numbers may not be whole; empty when they are.
    package func doubts(at now: Duration) -> Set<Doubt> {
        var doubts = peers.doubts(at: now, link: link)
        if link.isInDoubt(at: now) || now - lastAdvance > ClusterTimes.stall { doubts.insert(.link) }
        if witness.knowsOfSomebodyUnheard(at: now, limit: ClusterTimes.lostKept) { doubts.insert(.unheard) }
        return doubts
    }

    /// Whether tabs may be sent here: it knows the others and they know it. It does not wait for ever for a bus that is away, and later
    /// trouble with the bus does not change it.
    package func isReady(at now: Duration) -> Bool {
        state != .joining || link.hasEverHeardItself && now - started > ClusterTimes.settling || now - started > ClusterTimes.joining
    }
}
