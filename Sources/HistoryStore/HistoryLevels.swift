/// How long samples are kept, and how densely: every ten seconds for an hour, every minute for two days, every ten minutes for so many days.
///
/// A sample is written once. The first one of a new ten minutes is of the coarsest level, the first of a new minute of the next, all
/// others of the finest; so rolling up is forgetting, and each kept sample is what was true at its moment. Steps are counted by the
/// monotonic clock: a wall clock that jumps moves time stamps and nothing else.
package struct HistoryLevels: Sendable {
    /// A level: how far apart its samples are, and for how long they are kept, in seconds.
    package struct Level: Sendable, Equatable {
        package var step: Int
        package var kept: Int

        /// The most samples there can be of it, whatever the clock does.
        package var capacity: Int { kept / step }
    }

    /// From the finest to the coarsest.
    package let levels: [Level]
    private var lastSlots: [Int?]

    /// - Parameter days: how long the coarsest samples are kept; at least 1.
    package init(days: Int) {
        precondition(days >= 1, "a history is kept for at least one day")
        let day = 86_400
        levels = [Level(step: 10, kept: 3600), Level(step: 60, kept: min(2, days) * day), Level(step: 600, kept: days * day)]
        lastSlots = levels.map { _ in nil }
    }

    /// The level of a sample that is taken now; nil where this step of ten seconds has one.
    /// - Parameter now: monotonic.
    package mutating func level(at now: Duration) -> Int? {
        let seconds = Int(now.components.seconds)
        var result: Int?
        for (index, level) in levels.enumerated() where lastSlots[index] != seconds / level.step {
            lastSlots[index] = seconds / level.step
            result = index
        }
        return result
    }

    /// The finest level that still reaches back so far.
    /// - Parameter seconds: from now to the start of what is asked for.
    package func finest(reaching seconds: Int) -> Int { levels.firstIndex { $0.kept >= seconds } ?? levels.count - 1 }
}
