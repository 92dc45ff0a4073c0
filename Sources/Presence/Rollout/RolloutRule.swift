/// When a wait for a condition is over: it must have held without a break for some time, and there is a time to give up.
///
/// Unknown is not zero: a view with a doubt never counts as holding, and breaks what has held so far. All times are durations since one
/// fixed start on a monotonic clock, and they are handed in.
package struct RolloutRule: Sendable, Equatable {
    /// What came of a look.
    package enum Verdict: Sendable, Equatable {
        /// Look again at the next change, and at the latest at this time.
        case wait(until: Duration)
        /// It has held for long enough.
        case reached
        /// It was given up.
        case timedOut
    }

    package let condition: RolloutCondition
    /// For how long it must hold.
    package let holdFor: Duration
    /// When it is given up.
    package let deadline: Duration
    /// Since when it has held without a break; nil while it does not hold.
    package private(set) var holdsSince: Duration?

    /// Makes a rule that begins at `start`.
    package init(_ condition: RolloutCondition, holdFor: Duration, timeout: Duration, start: Duration) {
        self.condition = condition
        self.holdFor = holdFor
        deadline = start + timeout
    }

    /// Takes in what is known now; nil where nothing is, the connection being away for one.
    package mutating func look(_ view: RolloutView?, at now: Duration) -> Verdict {
        if let view, condition.holds(in: view), doubts(view).isEmpty {
            let since = holdsSince ?? now
            holdsSince = since
            if now - since >= holdFor { return .reached }
            if now < deadline { return .wait(until: min(since + holdFor, deadline)) }
        } else {
            holdsSince = nil
        }
        return now >= deadline ? .timedOut : .wait(until: deadline)
    }

    /// Why a view does not count, whatever its numbers.
    package func doubts(_ view: RolloutView) -> [RolloutView.Doubt] { view.doubts(watchedFor: holdFor) }
}
