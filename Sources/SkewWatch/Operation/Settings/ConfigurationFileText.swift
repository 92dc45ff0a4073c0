/// What strings and numbers of the configuration file mean.
enum ConfigurationFileText {
    /// A string's bytes without its quotes, escapes resolved as JSON5 has them; `nil` where one is none or the bytes are not UTF-8.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let raw = String(validating: bytes, as: UTF8.self) else { return nil }
        var units: [UInt16] = []
        var rest = raw.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                units.append(contentsOf: UTF16.encode(scalar)!)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            switch escaped {
            case "u", "x":
                let digits = rest.prefix(escaped == "u" ? 4 : 2)
                guard digits.count == (escaped == "u" ? 4 : 2), digits.allSatisfy({ $0.properties.isASCIIHexDigit }),
                    let unit = UInt16(String(String.UnicodeScalarView(digits)), radix: 16)
                else { return nil }
                rest.removeFirst(digits.count)
                units.append(unit)
            case "1"..."9": return nil
            default: units.append(contentsOf: UTF16.encode(Self.controls[escaped] ?? escaped)!)
            }
        }
        // Half of a pair is no character.
        return String(validating: units, as: UTF16.self)
    }

    private static let controls: [Unicode.Scalar: Unicode.Scalar] = [
        "b": "\u{8}", "t": "\t", "n": "\n", "v": "\u{b}", "f": "\u{c}", "r": "\r", "0": "\0",
    ]

    /// A number as a flag would have it; `nil` where it is none.
    static func number(_ text: String) -> String? {
        let isNegative = text.first == "-"
        let digits = isNegative || text.first == "+" ? text.dropFirst() : text[...]
        let sign = isNegative ? "-" : ""
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
            return UInt32(digits.dropFirst(2), radix: 16).map { "\(sign)\($0)" }
        }
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        if let whole = Int(digits) { return "\(sign)\(whole)" }
        guard let number = Double(String(digits)), number.isFinite else { return nil }
        return Int(exactly: number).map { "\(sign)\($0)" } ?? "\(sign)\(number)"
    }
}
