/// The tabs that have come to this node and were connected before, as they say: another node may count their former connections still.
///
/// Such a tab is held: it is left out of what this node tells until every other node has answered. One that had it closes its connection and
/// expects the tab back, in one message (``Transit``); then this node tells it as an arrival. So nobody's total has it twice or not at all.
/// A node that is silent cannot answer and may count it still: held until that one is heard or lost.
struct OwnClaims: Sendable {
    /// What is to be told anew of a tab.
    struct Effect: Sendable, Equatable {
        var version: String
        var route: String
        /// Whether it counts as one that came, for who expects it.
        var isArrival: Bool
    }

    /// A node that is heard and does not answer for so long is not waited for: it may be of a release that knows no claims.
    static let patience = Duration.seconds(1)
    /// All nodes let go of one that is lost, but not in the same moment: for so long too few are told rather than too many.
    static let lossSpan = Duration.milliseconds(100)
    /// Who is away for less than this is asked when it is back.
    static let memory = Duration.seconds(60)
    /// So often a tab may be claimed within ``memory``, so that nobody can make two tabs fight over nodes.
    static let mostClaims = 10
    /// In one message.
    static let maxTold = 2000
    private static let maxClaims = 50_000
    private static let maxTries = 3

    private struct Claim: Sendable {
        var returns: Int
        var version: String
        var route: String
        /// It is counted here and not told.
        var isHeld: Bool
        /// It was told.
        var isTold: Bool
        /// Its connection is gone again.
        var isGone = false
        /// This node closed it to move it elsewhere, before it was told.
        var isMoved = false
    }

    private struct Batch: Sendable {
        var number: UInt64
        /// From when on answers are waited for.
        var since: Duration
        var asked: Duration?
        var tries = 0
        var claims: [TabKey: Claim] = [:]
        /// Who was there when it was asked, and has not answered.
        var waitsFor: Set<InstanceID>
        /// Those of them that were lost meanwhile.
        var lost: Set<InstanceID> = []
        /// Nothing is told before.
        var notBefore = Duration.zero
        var isHeld: Bool { claims.values.contains(where: \.isHeld) }
    }

    private var batches: [Batch] = []
    private var nextNumber: UInt64 = 1
    private var count = 0
    /// In which batch each tab was claimed last, and how often lately.
    private var newest: [TabKey: (number: UInt64, times: Int, since: Duration)] = [:]
    private var held: [Section: [String: Int]] = [:]
    private var changes: [Section: [String: Int]] = [:]

    /// Whether no tab was claimed lately.
    var isEmpty: Bool { batches.isEmpty && untold.isEmpty }

    /// How many of a name are counted here and not told.
    func held(_ section: Section, _ name: String) -> Int { held[section]?[name] ?? 0 }

    /// How many tabs are held.
    var heldCount: Int { held[.summary]?.values.reduce(0, +) ?? 0 }

    /// Tabs that are gone and were never told: nobody is to expect them on their account.
    private var untold: Set<TabKey> = []

    /// This node closed a tab to move it elsewhere; say ``withdraw(_:)`` before.
    /// - Returns: whether it was told, so that it is to be expected on this node's account. One that was held is counted on another
    ///   node's, or expected on it once that one gives way.
    mutating func displaced(_ key: TabKey) -> Bool {
        guard untold.contains(key) else { return true }
        if let place = place(of: key) { batches[place].claims[key]?.isMoved = true }
        return false
    }

    /// By how much what is held changed since the last call, by name.
    mutating func takeChanges(_ section: Section) -> [String: Int] {
        (changes.removeValue(forKey: section) ?? [:]).filter { $0.value != 0 }
    }

    // MARK: Tabs

    /// A tab has come that was connected before.
    /// - Parameters:
    ///   - isReplacing: whether it took a place that is counted here; then it is not held, though another node may have it, too.
    ///   - others: the other nodes that are counted.
    mutating func add(
        _ claim: TabClaim, version: String, route: String, isReplacing: Bool = false, others: Set<InstanceID>, at now: Duration
    ) -> [Effect] {
        var effects = letGo(claim.key)
        // Whoever takes the place of one that was held is held in its stead: another node counts or expects it still.
        let isReplacing = isReplacing && !untold.contains(claim.key)
        var (times, since) = newest[claim.key].map { ($0.times, $0.since) } ?? (0, now)
        if now - since >= Self.memory { (times, since) = (0, now) }
        guard !others.isEmpty, count < Self.maxClaims, times < Self.mostClaims else {
            return effects + [Effect(version: version, route: route, isArrival: !isReplacing)]
        }
        if batches.last.map({ $0.asked != nil || $0.claims.count >= Self.maxTold }) ?? true {
            batches.append(Batch(number: nextNumber, since: now, waitsFor: others))
            nextNumber += 1
        }
        let last = batches.count - 1
        batches[last].claims[claim.key] = Claim(
            returns: claim.returns, version: version, route: route, isHeld: !isReplacing, isTold: isReplacing)
        batches[last].waitsFor.formUnion(others)
        count += 1
        newest[claim.key] = (batches[last].number, times + 1, since)
        if !isReplacing { note(version, route, 1) }
        effects.append(Effect(version: version, route: route, isArrival: false))
        return effects
    }

    /// A connection of a tab is gone. It changes nothing where the tab has come once more since: two loops may tell of that in any order.
    mutating func withdraw(_ gone: TabClaim) -> [Effect] {
        guard let place = place(of: gone.key), let claim = batches[place].claims[gone.key], claim.returns <= gone.returns else { return [] }
        return letGo(gone.key)
    }

    private mutating func letGo(_ key: TabKey) -> [Effect] {
        guard let place = place(of: key) else { return [] }
        batches[place].claims[key]?.isGone = true
        if batches[place].claims[key]?.isHeld ?? false { untold.insert(key) }
        return release(key, in: place, isArrival: false)
    }

    /// A tab shows another route.
    mutating func move(_ key: TabKey, to route: String) -> [Effect] {
        guard let place = place(of: key), let claim = batches[place].claims[key], !claim.isGone, claim.route != route else { return [] }
        batches[place].claims[key]?.route = route
        guard claim.isHeld else { return [] }
        note(.routes, claim.route, -1)
        note(.routes, route, 1)
        return [claim.route, route].map { Effect(version: claim.version, route: $0, isArrival: false) }
    }

    /// How often a tab that was claimed here lately had connected before; nil where its connection is not here.
    func returns(of key: TabKey) -> Int? {
        place(of: key).flatMap { batches[$0].claims[key] }.flatMap { $0.isGone ? nil : $0.returns }
    }

    // MARK: Asking

    /// What is to be asked now: what was not asked yet, and once more what somebody did not answer who is heard.
    /// - Parameter heard: the other nodes that are counted, each with the time when it was last heard.
    mutating func takeQuestions(heard: [InstanceID: Duration], at now: Duration) -> [(number: UInt64, claims: [TabClaim])] {
        var questions: [(number: UInt64, claims: [TabClaim])] = []
        for place in batches.indices {
            let batch = batches[place]
            if let asked = batch.asked {
                let isDue = batch.tries < Self.maxTries && now - asked >= Self.patience * batch.tries
                guard isDue, batch.waitsFor.contains(where: { heard[$0].map { $0 > asked } ?? false }) else { continue }
            }
            batches[place].asked = now
            batches[place].tries += 1
            questions.append((batch.number, batch.claims.map { TabClaim(key: $0.key, returns: $0.value.returns) }))
        }
        return questions
    }

    /// A node has looked for the tabs.
    mutating func hear(_ answer: ClaimAnswer, from sender: InstanceID) -> [Effect] {
        guard let place = place(ofBatch: answer.number), batches[place].waitsFor.remove(sender) != nil else { return [] }
        return answer.yielded.flatMap { key -> [Effect] in
            // It may have come once more meanwhile, and be held anew: it is the one that was given way to.
            let place = heldPlace(of: key) ?? place
            // All nodes expect it since then: rightly where it was moved on, in vain where it was told or is gone already.
            guard let claim = batches[place].claims[key], !claim.isMoved else { return [] }
            return claim.isHeld
                ? release(key, in: place, isArrival: true) : [Effect(version: claim.version, route: claim.route, isArrival: true)]
        }
    }

    /// Tells those for whom nobody is waited any more, and forgets old ones.
    /// - Parameter heard: the other nodes that are counted, each with the time when it was last heard.
    mutating func advance(heard: [InstanceID: Duration], at now: Duration) -> [Effect] {
        if !untold.isEmpty { untold = [] }
        guard !batches.isEmpty else { return [] }
        var effects: [Effect] = []
        for place in batches.indices where !batches[place].waitsFor.isEmpty || batches[place].isHeld {
            effects += takeBack(place, heard, at: now)
            let batch = batches[place]
            let isSettled = batch.waitsFor.allSatisfy { id in heard[id].map { $0 > batch.since + Self.patience } ?? true }
            guard isSettled, batch.isHeld, now >= batch.notBefore else { continue }
            // A node that moved its tabs elsewhere may expect it.
            for (key, claim) in batch.claims where claim.isHeld { effects += release(key, in: place, isArrival: !claim.isTold) }
        }
        let kept = batches.firstIndex { now - $0.since <= Self.memory || $0.isHeld } ?? batches.count
        for batch in batches[..<kept] {
            count -= batch.claims.count
            for key in batch.claims.keys where newest[key]?.number == batch.number { newest[key] = nil }
        }
        batches.removeFirst(kept)
        return effects
    }

    /// A node that was lost is counted again, and with it what it had: its tabs that are here are held once more, and it is asked.
    private mutating func takeBack(_ place: Int, _ heard: [InstanceID: Duration], at now: Duration) -> [Effect] {
        let lost = batches[place].waitsFor.filter { heard[$0] == nil }
        let isBack = !batches[place].lost.isSubset(of: lost)
        if !lost.isSubset(of: batches[place].lost) { batches[place].notBefore = now + Self.lossSpan }
        batches[place].lost = lost
        guard isBack else { return [] }
        (batches[place].since, batches[place].asked, batches[place].tries) = (now, nil, 0)
        var effects: [Effect] = []
        for (key, claim) in batches[place].claims where !claim.isHeld && !claim.isGone && newest[key]?.number == batches[place].number {
            batches[place].claims[key]?.isHeld = true
            note(claim.version, claim.route, 1)
            effects.append(Effect(version: claim.version, route: claim.route, isArrival: false))
        }
        return effects
    }

    // MARK: Holding

    private func place(of key: TabKey) -> Int? { newest[key].flatMap { place(ofBatch: $0.number) } }

    /// The batch in which a tab is held; nil where it is not.
    private func heldPlace(of key: TabKey) -> Int? {
        place(of: key).flatMap { batches[$0].claims[key]?.isHeld ?? false ? $0 : nil }
    }

    /// Batches are numbered without gaps.
    private func place(ofBatch number: UInt64) -> Int? {
        guard let first = batches.first?.number, number >= first, number - first < UInt64(batches.count) else { return nil }
        return Int(number - first)
    }

    private mutating func release(_ key: TabKey, in place: Int, isArrival: Bool) -> [Effect] {
        guard let claim = batches[place].claims[key], claim.isHeld else { return [] }
        batches[place].claims[key]?.isHeld = false
        batches[place].claims[key]?.isTold = true
        note(claim.version, claim.route, -1)
        return [Effect(version: claim.version, route: claim.route, isArrival: isArrival)]
    }

    private mutating func note(_ version: String, _ route: String, _ step: Int) {
        note(.summary, version, step)
        note(.routes, route, step)
    }

    private mutating func note(_ section: Section, _ name: String, _ step: Int) {
        let count = (held[section]?[name] ?? 0) + step
        held[section, default: [:]][name] = count == 0 ? nil : count
        changes[section, default: [:]][name, default: 0] += step
    }
}
