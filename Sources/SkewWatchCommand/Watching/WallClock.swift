internal import Glibc

/// The time of day, as people read it.
enum WallClock {
    /// Hours, minutes and seconds where the reader is.
    static var local: String { formatted("%H:%M:%S", isUTC: false) }

    /// Date and time in the form of RFC 3339, in UTC.
    static var utc: String { formatted("%Y-%m-%dT%H:%M:%SZ", isUTC: true) }

    /// The time of day of a moment, in milliseconds since 1970, where the reader is.
    static func local(_ milliseconds: Int64, withSeconds: Bool) -> String {
        formatted(withSeconds ? "%H:%M:%S" : "%H:%M", isUTC: false, at: time_t(milliseconds / 1000))
    }

    private static func formatted(_ format: String, isUTC: Bool, at moment: time_t = time(nil)) -> String {
        var now = moment
        var parts = unsafe tm()
        if isUTC { _ = unsafe gmtime_r(&now, &parts) } else { _ = unsafe localtime_r(&now, &parts) }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
            let count = unsafe strftime(text.baseAddress!, text.count, format, &parts)
            return unsafe count > 0 ? String(cString: text.baseAddress!) : ""
        }
    }
}
