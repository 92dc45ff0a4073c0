import Glibc

/// Which tabs heard of a release, when, and when each loads its page anew: people do so by and by, and some never. A value, handed the
/// times and the dice. A page is the same one over all of its connections.
struct ReloadPlan {
    let release: String
    /// Nanoseconds in which half of those that will reload have done so.
    let halfLife: Int64
    /// Share of the tabs that never reload, 0 to 1.
    let stragglers: Double

    /// Tabs that were told by a message, and those that heard of it first when they came back.
    private(set) var told = 0
    private(set) var heardOnReturn = 0
    /// Tabs that were told more than once, tabs that ran the release already, and tabs that came back and heard of another release.
    private(set) var repeats = 0
    private(set) var needless = 0
    private(set) var misled = 0
    private(set) var firstTold: Int64?
    private(set) var lastTold: Int64?
    /// How many were told in each second since the first.
    private(set) var bySecond: [Int] = []
    /// Pages that stay as they are.
    private(set) var staying: [Int] = []
    private var who: Set<Int> = []
    private var due = Absences<Int>()

    init(release: String, halfLife: Int64, stragglers: Double) {
        (self.release, self.halfLife, self.stragglers) = (release, halfLife, stragglers)
    }

    /// Tabs that know of the release.
    var heard: Int { who.count }

    /// Whether tabs are about to reload.
    var isWaiting: Bool { !due.isEmpty }

    /// A tab was told of the release by a message.
    /// - Parameters:
    ///   - version: what it runs.
    ///   - chance: a number from 0 up to, not including, 1, drawn for this tab.
    mutating func tell(_ page: Int, runs version: String, at now: Int64, chance: Double) {
        guard who.insert(page).inserted else {
            repeats += 1
            return
        }
        told += 1
        if version == release { needless += 1 }
        let first = firstTold ?? now
        (firstTold, lastTold) = (first, now)
        let second = Int((now - first) / 1_000_000_000)
        while bySecond.count <= second { bySecond.append(0) }
        bySecond[second] += 1
        plan(page, now, chance)
    }

    /// A tab that came back was greeted with this release.
    mutating func greet(_ page: Int, with greeting: String, runs version: String, at now: Int64, chance: Double) {
        guard greeting == release else {
            misled += 1
            return
        }
        guard version != release, who.insert(page).inserted else { return }
        heardOnReturn += 1
        plan(page, now, chance)
    }

    private mutating func plan(_ page: Int, _ now: Int64, _ chance: Double) {
        guard chance >= stragglers else { return staying.append(page) }
        // What is left of the chance is drawn anew, so to speak: it is even between 0 and 1 again.
        let even = (chance - stragglers) / (1 - stragglers)
        due.add(page, until: now + Int64(min(-log2(1 - even) * Double(halfLife), 1e15)))
    }

    /// Those whose time has come.
    mutating func takeDue(at now: Int64, limit: Int) -> [Int] { due.takeDue(at: now, limit: limit) }

    /// A page could not be loaded just now: its server is away.
    mutating func postpone(_ page: Int, until at: Int64) { due.add(page, until: at) }

    /// How many were told in a second, from the first to the last; nil where that took less than a second.
    var rate: Double? {
        guard let firstTold, let lastTold, lastTold - firstTold >= 1_000_000_000 else { return nil }
        return Double(told - 1) / (Double(lastTold - firstTold) / 1e9)
    }
}
