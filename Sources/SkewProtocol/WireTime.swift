/// Moments as people and programs write them: RFC 3339 in UTC, or seconds since 1970.
package enum WireTime {
    /// `2026-11-29T14:00:05Z`.
    /// - Parameter moment: milliseconds since 1970.
    package static func text(_ moment: Int64) -> String {
        let seconds = moment >= 0 ? moment / 1000 : (moment - 999) / 1000
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let (year, month, day) = date(days)
        return
            "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
    }

    /// Reads either form, or seconds before `now` where they are negative.
    /// - Returns: milliseconds since 1970; nil for anything else.
    package static func read(_ text: String, now: Int64) -> Int64? {
        if let seconds = Int64(text), text.utf8.first != UInt8(ascii: "+"), abs(seconds) < 1 << 40 {
            return seconds < 0 ? now + seconds * 1000 : seconds * 1000
        }
        let form =
            /([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))/
        guard let match = text.wholeMatch(of: form), let year = Int64(match.1), let month = Int64(match.2), let day = Int64(match.3),
            let hour = Int64(match.4), let minute = Int64(match.5), let second = Int64(match.6), 1...12 ~= month, 1...31 ~= day,
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let offset = (Int64(match.8 ?? "0") ?? 0) * 3600 + (Int64(match.9 ?? "0") ?? 0) * 60
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
        return (seconds - (match.7 == "-" ? -offset : offset)) * 1000
    }

    /// Days from 1970 to a date of the Gregorian calendar; the years begin in March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
