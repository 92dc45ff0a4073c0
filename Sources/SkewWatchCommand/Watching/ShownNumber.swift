/// Numbers as people read them.
enum ShownNumber {
    /// With commas: 12,345.
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (place, digit) in "\(number)".reversed().enumerated() {
            if place > 0, place.isMultiple(of: 3), digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// A part of a whole in per cent with one decimal. Only all is 100, only nothing is 0.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "0.0 %" }
        var thousandths = (part * 1000 + whole / 2) / whole
        if part < whole { thousandths = min(thousandths, 999) }
        if part > 0 { thousandths = max(thousandths, 1) }
        return "\(thousandths / 10).\(thousandths % 10) %"
    }

    /// In a column of its own, on the right.
    static func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}
