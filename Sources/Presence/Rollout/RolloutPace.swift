internal import Glibc

/// How fast old tabs close.
struct RolloutPace {
    /// Closings that a pace is measured over.
    private static let window = 40
    private static let minute: Double = 60_000

    /// The old tabs at each sample of this rollout.
    let course: [(at: Int64, old: Int)]
    let drops: [RolloutFacts.Drop]
    let now: Int64

    private struct Measure {
        var closed = 0
        /// The time that tabs were open for these closings: tabs × milliseconds.
        var exposure = 0.0
        /// The sample it goes back to.
        var index: Int
        var hazard: Double { Double(closed) / exposure }
    }

    /// Backwards from a sample, until there are enough closings.
    private func measure(from start: Int) -> Measure {
        var found = Measure(index: max(0, start))
        while found.index > 0, found.closed < Self.window {
            let (later, earlier) = (course[found.index], course[found.index - 1])
            found.index -= 1
            // What went in a drop was not closed by people.
            if drops.contains(where: { $0.at == later.at }) { continue }
            found.exposure += Double(later.old + earlier.old) / 2 * Double(later.at - earlier.at)
            found.closed += max(0, earlier.old - later.old)
        }
        return found
    }

    /// Writes what is known of the pace into `facts`.
    func note(in facts: inout RolloutFacts) {
        let old = course.last?.old ?? 0
        let recent = measure(from: course.count - 1)
        let earlier = measure(from: recent.index)
        if recent.closed >= 20, earlier.closed >= 20 { facts.slowing = earlier.hazard / recent.hazard }
        if old >= 4, recent.closed >= 8 { facts.half = Self.half(old: old, recent, earlier) }

        var last = max(0, course.count - 1)
        while last > 0, course[last].old >= course[last - 1].old { last -= 1 }
        let from = last < course.count ? course[last].at : now
        // Before the record nobody watched.
        facts.quiet = now - from
        let usual = measure(from: last)
        // Where few have closed yet, as if a tab stayed for an hour.
        let gap = (usual.exposure + 60 * Self.minute) / (Double(usual.closed + 1) * Double(max(1, old)))
        facts.patience = max(2 * Self.minute, 5 * gap)
    }

    /// The constants were found by simulation over six kinds of lifetimes: few closings say little, and so do few tabs that are left.
    private static func half(old: Int, _ recent: Measure, _ earlier: Measure) -> RolloutFacts.Half {
        let about = log(2) / recent.hazard
        let closed = Double(recent.closed)
        let spread = 1 + 1.6 / closed.squareRoot() + 1 / Double(old).squareRoot()
        let slower = earlier.closed >= 8 ? max(1, earlier.hazard / recent.hazard) : 1
        let beyond = pow(max(1, Double(old) / 2 / closed), 0.3)
        return .init(about: about, low: about / spread / 1.2, high: about * spread * slower * 1.2 * beyond)
    }
}
