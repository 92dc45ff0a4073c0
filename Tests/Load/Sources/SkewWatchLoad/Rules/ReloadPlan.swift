import Glibc

/// Which tabs heard of a release, when, and when each loads its page anew: people do so by and by, and some never. A value, handed the
/// times and the dice.
struct ReloadPlan {
    let release: String
    /// Nanoseconds in which half of those that will reload have done so.
    let halfLife: Int64
    /// Share of the tabs that never reload, 0 to 1.
    let stragglers: Double

    private(set) var heard = 0
    /// Tabs that heard more than once, and tabs that ran the release already.
    private(set) var repeats = 0
    private(set) var needless = 0
    private(set) var firstHeard: Int64?
    private(set) var lastHeard: Int64?
    /// How many heard in each second since the first.
    private(set) var bySecond: [Int] = []
    private var who: Set<ConnectionID> = []
    /// By when, the next one last.
    private var due: [(at: Int64, id: ConnectionID)] = []

    init(release: String, halfLife: Int64, stragglers: Double) {
        (self.release, self.halfLife, self.stragglers) = (release, halfLife, stragglers)
    }

    /// Whether tabs are about to reload.
    var isWaiting: Bool { !due.isEmpty }

    /// A tab heard of the release.
    /// - Parameters:
    ///   - version: what it runs; nil where it is gone.
    ///   - chance: a number from 0 up to, not including, 1, drawn for this tab.
    mutating func hear(_ id: ConnectionID, runs version: String?, at now: Int64, chance: Double) {
        guard who.insert(id).inserted else {
            repeats += 1
            return
        }
        heard += 1
        if version == release { needless += 1 }
        let first = firstHeard ?? now
        (firstHeard, lastHeard) = (first, now)
        let second = Int((now - first) / 1_000_000_000)
        while bySecond.count <= second { bySecond.append(0) }
        bySecond[second] += 1
        guard chance >= stragglers else { return }
        // What is left of the chance is drawn anew, so to speak: it is even between 0 and 1 again.
        let even = (chance - stragglers) / (1 - stragglers)
        let delay = Int64(min(-log2(1 - even) * Double(halfLife), 1e15))
        let place = due.firstIndex { $0.at <= now + delay } ?? due.count
        due.insert((now + delay, id), at: place)
    }

    /// Those whose time has come.
    mutating func takeDue(at now: Int64, limit: Int) -> [ConnectionID] {
        var taken: [ConnectionID] = []
        while taken.count < limit, let next = due.last, next.at <= now {
            taken.append(next.id)
            due.removeLast()
        }
        return taken
    }

    /// How many heard in a second, from the first to the last; nil where that took less than a second.
    var rate: Double? {
        guard let firstHeard, let lastHeard, lastHeard - firstHeard >= 1_000_000_000 else { return nil }
        return Double(heard - 1) / (Double(lastHeard - firstHeard) / 1e9)
    }
}
