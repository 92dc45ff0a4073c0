internal import Presence

/// Which updates become lines of a log: each, one in so much time, or only those where something happened.
struct LineFilter {
    /// The shortest time between two lines; zero for none.
    var every = Duration.zero
    /// Only where the state or the release is another.
    var onlyChanges = false
    private var last: (at: Duration, state: RolloutState, release: String?)?

    init(every: Duration = .zero, onlyChanges: Bool = false) { (self.every, self.onlyChanges) = (every, onlyChanges) }

    /// Whether there is a line to be written now.
    mutating func takes(_ facts: RolloutFacts, at now: Duration) -> Bool {
        if let last {
            if onlyChanges, last.state == facts.state, last.release == facts.release { return false }
            if now - last.at < every { return false }
        }
        last = (now, facts.state, facts.release)
        return true
    }
}
