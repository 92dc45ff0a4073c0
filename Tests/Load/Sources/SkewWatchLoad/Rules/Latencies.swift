import Histogram

/// Durations of one kind, and their percentiles. Three significant digits, up to ten minutes.
struct Latencies {
    /// What a summary shows of them, in milliseconds.
    struct Figures: Equatable, Encodable {
        var count: Int
        var p50: Double
        var p99: Double
        var p999: Double
        var max: Double
    }

    private var histogram = Histogram<UInt32>(highestTrackableValue: 600_000_000, numberOfSignificantValueDigits: .three)

    /// Adds a duration in nanoseconds; a longer one than ten minutes counts as ten minutes.
    mutating func record(_ nanoseconds: Int64) {
        histogram.record(UInt64(min(max(nanoseconds / 1000, 0), 600_000_000)))
    }

    /// `nil` if there is none.
    var figures: Figures? {
        guard histogram.totalCount > 0 else { return nil }
        func milliseconds(_ percentile: Double) -> Double { Double(histogram.valueAtPercentile(percentile)) / 1000 }
        return Figures(
            count: Int(histogram.totalCount), p50: milliseconds(50), p99: milliseconds(99), p999: milliseconds(99.9),
            max: Double(histogram.maxRecorded) / 1000)
    }
}
