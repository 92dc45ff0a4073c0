/// How late a loop was for its clock, ten times a second: so many times within each bound, since the start.
package struct LagHistogram: Sendable, Equatable {
    /// The upper bounds of the buckets in seconds; one more bucket has none. Late by 5 ms is what a busy machine does to everybody; half
    /// a second is felt.
    package static let bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 10]

    /// How many times the lag lay in each bucket, above the bound before it.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// All lags together, in seconds.
    package private(set) var sum = 0.0

    package init() {}

    package mutating func record(_ seconds: Double) {
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        sum += seconds
    }
}
