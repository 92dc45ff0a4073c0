/// Numbers as people read them, without a locale.
enum Numbers {
    /// With this many places after the point and thousands apart: `12,345.6`.
    static func text(_ value: Double, places: Int = 0) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "-" }
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let whole = text(scaled / scale)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + whole }
        let fraction = String(scaled % scale)
        return sign + whole + "." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// Thousands apart: `12,345`.
    static func text(_ value: Int) -> String {
        var digits = Array(String(abs(value)))
        for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
        return (value < 0 ? "-" : "") + String(digits)
    }

    /// Bytes as kB or MB.
    static func bytes(_ value: Int) -> String {
        value < 1_000_000 ? text(Double(value) / 1e3, places: 1) + " kB" : text(Double(value) / 1e6, places: 1) + " MB"
    }
}
