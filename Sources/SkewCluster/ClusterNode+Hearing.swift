/// What a node makes of what the others say.
extension ClusterNode {
    /// Takes a message from the bus.
    package mutating func hear(_ message: ClusterMessage, at now: Duration, using random: inout some RandomNumberGenerator) -> [Action] {
        if message.sender == identity.instance {
            if case .heartbeat = message.body { link.heardItself(at: now) }
            return []
        }
        switch message.body {
        case .heartbeat(let heartbeat):
            carryOut(peers.hear(heartbeat, from: message.sender, at: now), at: now, using: &random)
            let revoked = revocations.merge(heartbeat.revocations, at: now).map { Action.revoke($0) }
            return revoked + hearOrders(of: heartbeat, from: message.sender, at: now)
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
            if isSettled { moves.adopt(moved, isSettling: link.isSettling(at: now), at: now) }
        case .leave(let moved):
            expect(moved.filter { $0.id.instance == message.sender }, of: message.sender, at: now)
            peers.hearLeave(of: message.sender, at: now)
        case .claims(let number, let claims): return hear(number, claims, from: message.sender, at: now)
        case .answer(let answer): hear(answer, from: message.sender, at: now)
        case .note(let number, let bytes): return peers.hearNote(number, from: message.sender) ? [.deliver(bytes)] : []
        }
        return []
    }

    /// Takes what a node says of tabs that it closed itself.
    private mutating func expect(_ moved: [TransitEntry], of sender: InstanceID, isAdopted: Bool = false, at now: Duration) {
        guard let peer = peers.peers[sender], !peer.hasLeft else { return }
        moves.expect(moved, isAdopted: isAdopted, at: now)
    }

    private mutating func carryOut(_ events: [PeerTable.Event], at now: Duration, using random: inout some RandomNumberGenerator) {
        for event in events {
            switch event {
            case .arrived(let version, let count): moves.arrived(version, count, at: now)
            case .missed: times.missed(at: now, using: &random)
            case .asked(let section): times.asked(section, at: now, using: &random)
            }
        }
    }
}
