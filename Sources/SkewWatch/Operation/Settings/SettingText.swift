/// Reading and showing the plain kinds of values that settings have.

extension Int {
    /// Reads decimal digits with an optional minus, and nothing else: `Int.init` would also take a plus sign.
    init?(digits text: some StringProtocol) {
        guard text.utf8.count <= 19, text.utf8.first != UInt8(ascii: "+") else { return nil }
        self.init(String(text))
    }
}

extension Duration {
    private static let units: [(name: String, milliseconds: Int)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]

    /// Reads a whole number and its unit: `250ms`, `25s`, `5m`, `1h`; at most a year.
    package init?(setting text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard
            let number = Int(digits: digits),
            let unit = Self.units.first(where: { $0.name == text.dropFirst(digits.count) }),
            case (let milliseconds, false) = number.multipliedReportingOverflow(by: unit.milliseconds),
            milliseconds <= 365 * 24 * 3_600_000
        else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The shortest text that ``init(setting:)`` reads back as the same duration, down to milliseconds; at most 292 years.
    var settingText: String {
        let most = Duration.seconds(9_200_000_000)
        let (seconds, attoseconds) = Swift.min(most, Swift.max(.zero - most, self)).components
        let milliseconds = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        let unit = Self.units.last { milliseconds % $0.milliseconds == 0 && milliseconds >= $0.milliseconds } ?? Self.units[0]
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}

extension String {
    /// The parts between commas, without the spaces around them; empty text is an empty list.
    var commaSeparated: [String] {
        guard !isEmpty else { return [] }
        return split(separator: ",", omittingEmptySubsequences: false).map { part in
            let front = part.drop { $0 == " " }
            return String(front.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Without blanks, line breaks and byte order marks at either end.
    package var withoutBlanksAround: String {
        let isBlank: (Unicode.Scalar) -> Bool = { " \t\r\n\u{feff}".unicodeScalars.contains($0) }
        return String(String.UnicodeScalarView(unicodeScalars.drop(while: isBlank).reversed().drop(while: isBlank).reversed()))
    }

    /// Whether any control character is in it, the line breaks of Unicode included.
    var hasControlCharacters: Bool {
        unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == "\u{2028}" || $0 == "\u{2029}" }
    }

    /// Whether it is a name in the sense of HTTP (a `token`), which cookie names must be.
    var isHTTPToken: Bool {
        !isEmpty && utf8.allSatisfy { isalnumASCII($0) || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    }

    /// In quotes for a sentence, on one line and not too long.
    package var quoted: String {
        var shown = ""
        for scalar in unicodeScalars.prefix(64) {
            shown += scalar.escapedForLine
        }
        return "\"\(shown)\(unicodeScalars.count > 64 ? "…" : "")\""
    }
}

func isalnumASCII(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: false
    }
}
