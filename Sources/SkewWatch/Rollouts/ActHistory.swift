internal import Presence

/// What was done with announcements, the newest last: a value, so that it can be kept and put back.
struct ActHistory: Sendable, Equatable {
    /// Older ones are forgotten.
    static let capacity = 100

    private(set) var acts: [Act]

    /// - Parameter acts: what was remembered, oldest first.
    init(_ acts: [Act] = []) { self.acts = acts.suffix(Self.capacity) }

    /// Remembers what was done here.
    mutating func record(_ act: Act) {
        if acts.count == Self.capacity { acts.removeFirst() }
        acts.append(act)
    }

    /// Remembers what another node said was done. It may say so more than once.
    /// - Returns: whether that is news.
    mutating func hear(_ act: Act) -> Bool {
        guard !acts.contains(where: { $0.isSame(as: act) }) else { return false }
        record(act)
        return true
    }

    /// Remembers to how many what was announced under a number was told. Of two words that overtake each other the higher one is the later.
    /// - Returns: whether that is news.
    mutating func note(told count: Int, of number: Int) -> Bool {
        guard let index = acts.lastIndex(where: { $0.kind == .announced && $0.number == number }), acts[index].told ?? -1 < count else {
            return false
        }
        acts[index].told = count
        return true
    }

    /// Another node has known for longer what was done; what it does not know stays, as does what more was told meanwhile.
    mutating func take(_ older: [Act]) {
        let own = acts.filter { act in !older.contains { $0.isSame(as: act) } }
        let older = older.map { act in
            var act = act
            if let told = acts.first(where: { $0.isSame(as: act) })?.told { act.told = max(told, act.told ?? 0) }
            return act
        }
        acts = Array((older + own).sorted { $0.at < $1.at }.suffix(Self.capacity))
    }
}

extension Act {
    /// Whether two nodes mean the same: an announcement begins once and is stopped once; its pace may change often.
    fileprivate func isSame(as other: Act) -> Bool { kind == other.kind && number == other.number && rate == other.rate }
}
