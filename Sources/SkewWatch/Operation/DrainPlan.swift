/// How connections are closed when a server ends: spread evenly, so that the successor sees no storm. A pure rule, handed the time.
///
/// It takes the drain timeout, or 10 ms for each connection where that is less.
struct DrainPlan: Sendable {
    enum Action: Sendable, Equatable {
        /// Close so many, by loop, and ask again.
        case close([Int])
        /// Nothing is due before that moment.
        case wait(until: Duration)
        /// All that were open have been closed.
        case done
    }

    /// Time between two rounds of closing.
    static let step = Duration.milliseconds(50)
    /// With fewer connections than the timeout has room for, nobody has to wait that long.
    static let perConnection = Duration.milliseconds(10)

    /// All connections.
    var total: Int { open.reduce(0, +) }
    /// From the first close to the last.
    let duration: Duration
    private let open: [Int]
    private var closed: [Int]
    private let start: Duration
    private let steps: Int

    /// - Parameters:
    ///   - open: connections of each loop.
    ///   - timeout: the longest that it may take.
    init(open: [Int], timeout: Duration, from now: Duration) {
        self.open = open
        closed = open.map { _ in 0 }
        start = now
        steps = max(1, Int(min(timeout, Self.perConnection * open.reduce(0, +)) / Self.step))
        duration = Self.step * steps
    }

    /// What to do now. A caller that comes late catches up.
    mutating func next(at now: Duration) -> Action {
        let round = min(steps, Int((now - start) / Self.step) + 1)
        let due = open.map { ($0 * round + steps - 1) / steps }
        let counts = zip(due, closed).map { $0 - $1 }
        guard counts.allSatisfy({ $0 == 0 }) else {
            closed = due
            return .close(counts)
        }
        return round == steps ? .done : .wait(until: start + Self.step * round)
    }
}
