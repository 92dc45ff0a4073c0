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

    /// What this node alone counts under a name.
    package func ownCount(_ section: Section, _ name: String) -> Int { streams[section]?.count(of: name) ?? 0 }

    /// All tabs of this node alone.
    package var ownTotal: Int { streams[.summary]?.total ?? 0 }

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
