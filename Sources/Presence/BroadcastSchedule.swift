/// When to tell subscribers what changed: a debounce with a maximum wait, as a state machine that is handed the time.
///
/// All times are durations since one fixed start on a monotonic clock.
package struct BroadcastSchedule: Sendable {
    /// The pace of whole lists in bytes per second and subscriber. A list of 10,000 connections is about a megabyte: it goes out twice a
    /// second, not ten times.
    package static let listBytesPerSecond = 2_000_000

    /// How long a subscriber that was sent `bytes` of a whole list waits for the next one.
    package static func pause(after bytes: Int, bytesPerSecond: Int = listBytesPerSecond) -> Duration { .seconds(bytes) / bytesPerSecond }

    /// What the caller is to do.
    package enum Action: Hashable, Sendable {
        /// Nothing changed: ask again after the next change.
        case rest
        /// Ask again at this time, or after the next change.
        case wait(until: Duration)
        /// Tell what changed, then call `didBroadcast(at:bytes:)`.
        case broadcast
    }

    private let debounce: Duration
    private let maxWait: Duration
    private let bytesPerSecond: Int?
    /// The first and the newest change not yet told.
    private var pending: (first: Duration, last: Duration)?
    /// What lies before it has been told.
    private var lastBroadcast: Duration?
    /// Pacing: not before this time.
    private var earliest: Duration?

    /// Makes a schedule at rest.
    ///
    /// - Parameters:
    ///   - debounce: a broadcast comes this long after the newest change,
    ///   - maxWait: but at the latest this long after the first one.
    ///   - bytesPerSecond: what each subscriber is sent on average at most; nil sets no bound.
    package init(debounce: Duration, maxWait: Duration, bytesPerSecond: Int? = nil) {
        precondition(debounce >= .zero, "debounce must not be negative")
        precondition(maxWait >= .zero, "maxWait must not be negative")
        precondition(bytesPerSecond.map { $0 > 0 } ?? true, "bytesPerSecond must be above zero")
        self.debounce = debounce
        self.maxWait = maxWait
        self.bytesPerSecond = bytesPerSecond
    }

    /// Takes in that there were changes from `first` to `last`; called again when more is known.
    package mutating func noteChange(first: Duration, last: Duration) {
        // News of a change may come in after the broadcast that told it: it must not shorten the next window.
        let first = max(first, lastBroadcast ?? first)
        let last = max(first, last)
        pending = (min(first, pending?.first ?? first), max(last, pending?.last ?? last))
    }

    /// What to do now.
    package func next(at now: Duration) -> Action {
        guard let pending else { return .rest }
        let settled = min(pending.last + debounce, pending.first + maxWait)
        let due = max(settled, earliest ?? settled)
        return due <= now ? .broadcast : .wait(until: due)
    }

    /// Takes in that a broadcast with `bytes` to each subscriber told the state of time `at`. Changes noted until then are done with;
    /// one that is known to be newer stays due.
    package mutating func didBroadcast(at time: Duration, bytes: Int) {
        lastBroadcast = time
        if let bytesPerSecond { earliest = time + Self.pause(after: bytes, bytesPerSecond: bytesPerSecond) }
        guard let newest = pending?.last else { return }
        pending = newest > time ? (time, newest) : nil
    }
}
