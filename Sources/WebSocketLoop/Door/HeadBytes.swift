/// The sets of bytes that a head is made of.
enum HeadBytes {
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09
    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }

    /// A character of a token (RFC 9110, section 5.6.2), as a set of bits.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        let (low, high): (UInt64, UInt64) = (0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE)
        return byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
    }

    /// Letters, digits and the marks of addresses, ports and escapes; letters beyond ASCII as old clients send them.
    static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: "%"):
            true
        default: false
        }
    }
}

extension Span<UInt8> {
    /// Whether the first bytes are these.
    func begins(with text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for index in 0..<text.count where unsafe self[index] != text[index] { return false }
            return true
        }
    }

    /// Whether the bytes in `range` are these, whatever their case. `text` is in lower case.
    func equals(_ text: StaticString, _ range: Range<Int>) -> Bool {
        range.count == text.utf8CodeUnitCount && contains(text, in: range)
    }

    /// Whether these lie somewhere in `range`, whatever their case. `text` is in lower case.
    func contains(_ text: StaticString, in range: Range<Int>) -> Bool {
        text.withUTF8Buffer { text in
            guard range.count >= text.count else { return false }
            starts: for start in range.lowerBound...range.upperBound - text.count {
                for index in 0..<text.count where unsafe lowercased(at: start + index) != text[index] { continue starts }
                return true
            }
            return false
        }
    }

    /// Whether this is an element of the list in `range`, whatever its case: between commas or blanks. `text` is in lower case.
    func lists(_ text: StaticString, in range: Range<Int>) -> Bool {
        var start = range.lowerBound
        for index in range where self[index] == UInt8(ascii: ",") || HeadBytes.isBlank(self[index]) {
            if equals(text, start..<index) { return true }
            start = index + 1
        }
        return equals(text, start..<range.upperBound)
    }

    /// Whether two parts hold the same, whatever the case of letters.
    func equals(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<a.count where lowercased(at: a.lowerBound + index) != lowercased(at: b.lowerBound + index) { return false }
        return true
    }

    private func lowercased(at index: Int) -> UInt8 {
        let byte = self[index]
        return (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
