internal import Glibc

/// The time of day.
enum WallClock {
    /// Milliseconds since 1970.
    static var milliseconds: Int64 {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// Since some moment in the past; never jumps.
    static var monotonic: Duration {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
    }

    /// Hours, minutes and seconds where the reader is.
    static var local: String { formatted("%H:%M:%S", isUTC: false) }

    /// Date and time in the form of RFC 3339, in UTC.
    static var utc: String { formatted("%Y-%m-%dT%H:%M:%SZ", isUTC: true) }

    private static func formatted(_ format: String, isUTC: Bool) -> String {
        var now = time(nil)
        var parts = unsafe tm()
        if isUTC { _ = unsafe gmtime_r(&now, &parts) } else { _ = unsafe localtime_r(&now, &parts) }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
            let count = unsafe strftime(text.baseAddress!, text.count, format, &parts)
            return unsafe count > 0 ? String(cString: text.baseAddress!) : ""
        }
    }
}
