internal import Glibc

/// A moment by the wall clock, for the log.
package struct LogTime: Sendable {
    /// Seconds since 1970, UTC.
    let seconds: Int
    /// 0 to 999.
    let milliseconds: Int

    /// This moment.
    package static var now: LogTime {
        let (seconds, milliseconds) = MonotonicTime.wallClockMilliseconds.quotientAndRemainder(dividingBy: 1000)
        return LogTime(seconds: Int(seconds), milliseconds: Int(milliseconds))
    }

    /// In the form of RFC 3339, in UTC, with milliseconds.
    var text: String {
        var seconds = seconds
        var parts = unsafe tm()
        _ = unsafe gmtime_r(&seconds, &parts)
        let date = unsafe "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))-\(padded(Int(parts.tm_mday), 2))"
        let time = unsafe "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2)):\(padded(Int(parts.tm_sec), 2))"
        return "\(date)T\(time).\(padded(milliseconds, 3))Z"
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
