/// How JSON is written: straight as bytes at the end of an array, once.
extension [UInt8] {
    /// Appends the ASCII or UTF-8 of a literal as it is.
    @inline(__always)
    mutating func append(_ literal: StaticString) {
        unsafe append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends `number` in decimal.
    mutating func append(decimal number: Int) {
        if 0...9 ~= number {
            append(UInt8(ascii: "0") + UInt8(number))
            return
        }
        if number < 0 { append(UInt8(ascii: "-")) }
        let start = count
        var rest = number.magnitude
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
            rest = quotient
        } while rest > 0
        // In place: reversing a slice would copy it.
        var (first, last) = (start, count - 1)
        while first < last {
            swapAt(first, last)
            (first, last) = (first + 1, last - 1)
        }
    }

    /// Appends `text` as a JSON string, quotes included: any string, whatever is in it, also safe inside JavaScript source.
    mutating func append(jsonString text: String) {
        append(UInt8(ascii: "\""))
        append(jsonStringContent: text)
        append(UInt8(ascii: "\""))
    }

    /// Appends what stands between the quotes of a JSON string.
    mutating func append(jsonStringContent text: String) {
        if Self.isPlain(text) {
            append(contentsOf: text.utf8)
        } else {
            append(escaping: text)
        }
    }

    /// True if the text is ASCII and nothing in it needs an escape.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = text.utf8.span
        for offset in 0..<bytes.count {
            let byte = bytes[offset]
            if byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
        }
        return true
    }

    private mutating func append(escaping text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\u{08}": append("\\b")
            case "\u{09}": append("\\t")
            case "\u{0A}": append("\\n")
            case "\u{0C}": append("\\f")
            case "\u{0D}": append("\\r")
            // Line ends in JavaScript before ES2019, where a JSON text may be pasted into a script.
            case "\u{2028}": append("\\u2028")
            case "\u{2029}": append("\\u2029")
            // Some decoders, Foundation's among them, drop it where a string starts.
            case "\u{FEFF}": append("\\ufeff")
            case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                append("\\u00")
                append(hexadecimalDigit: UInt8(scalar.value >> 4))
                append(hexadecimalDigit: UInt8(scalar.value & 0xF))
            default: append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    private mutating func append(hexadecimalDigit value: UInt8) {
        append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
    }
}
