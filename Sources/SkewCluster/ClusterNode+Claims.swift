/// Tabs that come to this node and were on another one before, and tabs of this node that another one claims.
extension ClusterNode {
    /// What became of tabs that say they were connected before. Say so together with their counts.
    package mutating func note(_ tab: ClaimedTab, at now: Duration) {
        switch tab {
        case .came(let claim, let version, let route, let isReplacing):
            let others = Set(peers.heard.keys)
            restate(claims.add(claim, version: version, route: route, isReplacing: isReplacing, others: others, at: now), at: now)
        case .moved(let key, let route): restate(claims.move(key, to: route), at: now)
        case .gone(let claim): restate(claims.withdraw(claim), at: now)
        }
    }

    /// Every tab that had to give way for a question has, and was told by ``displaced(version:route:due:key:at:)``.
    package mutating func looked(for question: ClaimQuestion) {
        answers.looked(for: question)
        // A tab may have gone by itself meanwhile: that its count fell is to be told before the answer, too.
        times.hurryCounts()
    }

    /// By how much the tabs changed that are counted here and not told, since the last call.
    package mutating func takeHeldChanges(_ section: Section) -> [String: Int] { claims.takeChanges(section) }

    /// How many tabs are counted here and not told, since another node may count them still.
    package var held: Int { claims.heldCount }

    // MARK: What others say

    mutating func hear(_ number: UInt64, _ claimed: [TabClaim], from sender: InstanceID, at now: Duration) -> [Action] {
        guard let peer = peers.peers[sender], !peer.hasLeft, peer.introduction != nil else { return [] }
        let here = claimed.filter { claim in
            // Two connections that say the same are as old as each other, for all that can be known: one of both stays.
            claims.returns(of: claim.key).map { ($0, identity.instance) < (claim.returns, sender) } ?? true
        }
        guard answers.hear(number, here, from: sender, at: now) else { return [] }
        return [.look(ClaimQuestion(asker: sender, number: number, claims: here))]
    }

    mutating func hear(_ answer: ClaimAnswer, from sender: InstanceID, at now: Duration) {
        guard answer.asker == identity.instance.mark, let peer = peers.peers[sender], !peer.hasLeft else { return }
        restate(claims.hear(answer, from: sender), at: now)
    }

    // MARK: Time

    mutating func advanceClaims(at now: Duration) {
        if !claims.isEmpty { restate(claims.advance(heard: peers.heard, at: now), at: now) }
        answers.expire(at: now)
        answers.keep { peers.peers[$0] != nil }
    }

    /// What is asked, and answered: an answer comes after the counts that fell.
    mutating func tellClaims(at now: Duration) -> [ClusterMessage.Body] {
        // Who hears of a newer claim first lets go of its own before it is told that nobody else has the tab.
        let asked = claims.isEmpty ? [] : claims.takeQuestions(heard: peers.heard, at: now)
        let questions = asked.map { ClusterMessage.Body.claims(number: $0.number, $0.claims) }
        return moves.isTellingDue ? questions : questions + answers.take().map { .answer($0) }
    }

    // MARK: Counts

    private mutating func restate(_ effects: [OwnClaims.Effect], at now: Duration) {
        if !effects.isEmpty { times.hurryCounts() }
        for effect in effects {
            restate(.summary, effect.version, arrivals: effect.isArrival ? 1 : 0, at: now)
            restate(.routes, effect.route, arrivals: 0, at: now)
        }
    }

    /// Tells what is counted without what is held.
    mutating func restate(_ section: Section, _ name: String, arrivals: Int, at now: Duration) {
        let count = max(0, ownCount(section, name) - claims.held(section, name))
        streams[section]?.set(name, to: count, arrivals: section == .summary ? arrivals : 0, at: now)
        if section == .summary { moves.arrived(name, arrivals, at: now) }
    }
}
