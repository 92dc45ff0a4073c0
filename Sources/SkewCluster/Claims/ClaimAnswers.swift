/// What this node says to others that claim tabs: it looks for each question once, and says again what it said to who asks again.
struct ClaimAnswers: Sendable {
    private struct Asked: Sendable {
        var at: Duration
        var yielded: [TabKey] = []
        var isLooking = true
    }

    /// The most questions that are remembered of one node.
    private static let maxQuestions = 2000

    private var asked: [InstanceID: [UInt64: Asked]] = [:]
    /// Questions up to here were forgotten, and are not believed again.
    private var forgotten: [InstanceID: UInt64] = [:]
    /// To whom each tab gives way right now.
    private var yielding: [TabKey: (asker: InstanceID, number: UInt64)] = [:]
    private var due: [(asker: InstanceID, number: UInt64)] = []

    /// A node asks.
    /// - Returns: whether this node has to look; it says so itself where it has looked before.
    mutating func hear(_ number: UInt64, _ claims: [TabClaim], from asker: InstanceID, at now: Duration) -> Bool {
        if let known = asked[asker]?[number] {
            if !known.isLooking { due.append((asker, number)) }
            return false
        }
        guard number > forgotten[asker] ?? 0, asked[asker]?.count ?? 0 < Self.maxQuestions else { return false }
        asked[asker, default: [:]][number] = Asked(at: now)
        for claim in claims { yielding[claim.key] = (asker, number) }
        return true
    }

    /// A tab has given way.
    mutating func yielded(_ key: TabKey) {
        guard let (asker, number) = yielding.removeValue(forKey: key) else { return }
        asked[asker]?[number]?.yielded.append(key)
    }

    /// All that had to give way has.
    mutating func looked(for question: ClaimQuestion) {
        for claim in question.claims where yielding[claim.key].map({ $0 == (question.asker, question.number) }) ?? false {
            yielding[claim.key] = nil
        }
        asked[question.asker]?[question.number]?.isLooking = false
        due.append((question.asker, question.number))
    }

    /// What is to be said now.
    mutating func take() -> [ClaimAnswer] {
        defer { due = [] }
        return due.map { ClaimAnswer(asker: $0.asker.mark, number: $0.number, yielded: asked[$0.asker]?[$0.number]?.yielded ?? []) }
    }

    mutating func expire(at now: Duration) {
        for (asker, questions) in asked {
            let old = questions.filter { now - $0.value.at > OwnClaims.memory }
            guard let last = old.keys.max() else { continue }
            forgotten[asker] = max(last, forgotten[asker] ?? 0)
            asked[asker] = old.count == questions.count ? nil : questions.filter { old[$0.key] == nil }
        }
    }

    /// Forgets nodes that are not there any more.
    mutating func keep(_ isThere: (InstanceID) -> Bool) {
        guard !asked.isEmpty || !forgotten.isEmpty else { return }
        asked = asked.filter { isThere($0.key) }
        forgotten = forgotten.filter { isThere($0.key) }
    }
}
