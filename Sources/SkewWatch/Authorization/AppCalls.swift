internal import Synchronization

/// How the team's app answers when it is asked who may watch, for the metrics: how often what, and how long it took. Any thread.
final class AppCalls: Sendable {
    enum Result: String, Sendable, CaseIterable {
        case granted, denied
        /// It did not answer, or not so that it decides.
        case fault
    }

    private let durations = Mutex<[Result: DurationHistogram]>([:])

    func note(_ result: Result, took duration: Duration) {
        durations.withLock { $0[result, default: DurationHistogram()].record(duration / .seconds(1)) }
    }

    /// What was noted since the start.
    var histograms: [Result: DurationHistogram] { durations.withLock { $0 } }
}

/// How long something took: so many times within each bound.
struct DurationHistogram: Sendable, Equatable {
    /// The upper bounds of the buckets in seconds; one more bucket has none. An app that is asked for each viewer should answer within
    /// a tenth of a second; after two it is not waited for any more.
    static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]

    /// In each bucket, above the bound before it.
    private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// All together, in seconds.
    private(set) var sum = 0.0

    mutating func record(_ seconds: Double) {
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        sum += seconds
    }
}
