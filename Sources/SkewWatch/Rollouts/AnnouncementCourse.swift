/// How one announcement goes through the tabs of a loop: who is still to be told, at which pace. Without sockets or a clock.
///
/// Tabs are told in the order of their index, as many in one turn of the loop as do not hold it. A tab that came after the
/// announcement has heard of the release in its `connected`.
struct AnnouncementCourse: Sendable {
    enum Action: Sendable, Equatable {
        /// So many tabs are told now, from the first of ``remaining`` on.
        case tell(Int)
        /// Nobody is told before this time; a time that has come is the loop's next turn.
        case wait(until: Duration)
        /// Everybody was told.
        case done
    }

    /// Tabs told in one turn: at 10 to 13 µs each it holds the loop for about 3 ms.
    static let slice = 256
    /// No more of a pace is made up for than this: a loop that hung does not tell in one burst what it has missed.
    private static let longestDebt = Duration.seconds(1)

    /// The index of the first tab that is still to be looked at.
    private var next = 0
    /// Tabs that were told.
    private(set) var told = 0
    /// Tabs from here on came later.
    private let end: Int
    /// Tabs told in a second; nil for as many as the loop can.
    private var rate: Double?
    /// Up to when the pace is used up.
    private var paidUntil: Duration

    /// - Parameters:
    ///   - count: the indices of the tabs that are there at `start` are all smaller.
    ///   - rate: tabs told in a second; nil for as many as the loop can.
    init(count: Int, rate: Double? = nil, start: Duration) {
        end = count
        self.rate = rate
        paidUntil = start
    }

    /// What to do now. After each ``Action/tell(_:)`` the loop turns once.
    mutating func step(at now: Duration) -> Action {
        guard !isDone else { return .done }
        guard let rate else { return .tell(Self.slice) }
        guard paidUntil <= now else { return .wait(until: paidUntil) }
        paidUntil = max(paidUntil, now - Self.longestDebt)
        return .tell(min(Self.slice, max(1, Int((now - paidUntil) / .seconds(1) * rate))))
    }

    /// It goes on at another pace; nil for as many as the loop can.
    mutating func change(rate: Double?, at now: Duration) {
        // What was told ahead stays told: who changes the pace every second must not tell one more each time.
        let ahead = max(.zero, paidUntil - now)
        paidUntil = now
        if let former = self.rate, let rate { paidUntil += ahead * (former / rate) }
        self.rate = rate
    }

    /// Tabs were told.
    /// - Parameter index: the first one that was not looked at; past the last one where there are no more.
    mutating func didTell(_ count: Int, upTo index: Int) {
        told += count
        next = index
        if let rate { paidUntil += .seconds(count) / rate }
    }

    /// The indices that are still to be looked at.
    var remaining: Range<Int> { min(next, end)..<end }

    var isDone: Bool { next >= end }
}
