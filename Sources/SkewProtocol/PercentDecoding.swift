/// Percent-decoding of what a URL or a cookie carries.
enum PercentDecoding {
    /// How a query is decoded: what is no `%xx` stays as it is.
    static func query(_ bytes: Span<UInt8>, plus: QueryString.Plus) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var offset = 0
        while offset < bytes.count {
            if let byte = escapedByte(at: offset, in: bytes) {
                result.append(byte)
                offset += 3
            } else {
                let byte = bytes[offset]
                result.append(byte == UInt8(ascii: "+") && plus == .blank ? UInt8(ascii: " ") : byte)
                offset += 1
            }
        }
        return result
    }

    /// Lends what a value of a query decodes to, without a copy where nothing is escaped.
    static func withQuery<Result>(_ bytes: Span<UInt8>, plus: QueryString.Plus, _ body: (Span<UInt8>) -> Result) -> Result {
        for offset in 0..<bytes.count {
            let isEscape = bytes[offset] == UInt8(ascii: "%") || bytes[offset] == UInt8(ascii: "+") && plus == .blank
            if isEscape { return body(query(bytes, plus: plus).span) }
        }
        return body(bytes)
    }

    /// How a cookie's value is decoded: all of it, or nil if one `%` is no `%xx` or the result is no UTF-8.
    static func cookie(_ bytes: Span<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "%") {
                guard let decoded = escapedByte(at: offset, in: bytes) else { return nil }
                result.append(decoded)
                offset += 3
            } else {
                result.append(byte)
                offset += 1
            }
        }
        return result.span.isUTF8 ? result : nil
    }

    /// How a route is decoded: each `%xx` that is part of a character of UTF-8 becomes that character. Kept, with its digits in upper
    /// case, is what would mean something else: a slash (`%2F`), a percent sign (`%25`), controls, and what is no UTF-8.
    static func route(_ bytes: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var offset = 0
        while offset < bytes.count {
            guard let byte = escapedByte(at: offset, in: bytes) else {
                result.append(bytes[offset])
                offset += 1
                continue
            }
            if let character = escapedCharacter(startingWith: byte, at: offset, in: bytes) {
                result += character
                offset += 3 * character.count
            } else {
                result.append(UInt8(ascii: "%"))
                result.append(uppercased(bytes[offset + 1]))
                result.append(uppercased(bytes[offset + 2]))
                offset += 3
            }
        }
        return result
    }

    /// The bytes of the one character that the escapes at `offset` stand for; nil if they stand for none, or for one that is kept.
    private static func escapedCharacter(startingWith first: UInt8, at offset: Int, in bytes: Span<UInt8>) -> [UInt8]? {
        var character = [first]
        switch first {
        case 0x20...0x7E: return first == UInt8(ascii: "/") || first == UInt8(ascii: "%") ? nil : character
        case 0xC2...0xF4: break
        default: return nil
        }
        let count = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        while character.count < count {
            guard let next = offset + 3 * character.count < bytes.count ? escapedByte(at: offset + 3 * character.count, in: bytes) : nil
            else { return nil }
            character.append(next)
        }
        // U+0080 to U+009F are controls.
        let isControl = first == 0xC2 && character[1] < 0xA0
        return character.span.isUTF8 && !isControl ? character : nil
    }

    private static func uppercased(_ byte: UInt8) -> UInt8 { byte >= UInt8(ascii: "a") ? byte & ~0x20 : byte }

    /// The byte that `%xx` at `offset` stands for, nil if there is none.
    private static func escapedByte(at offset: Int, in bytes: Span<UInt8>) -> UInt8? {
        guard bytes[offset] == UInt8(ascii: "%"), offset + 2 < bytes.count,
            let high = hexadecimalValue(bytes[offset + 1]), let low = hexadecimalValue(bytes[offset + 2])
        else { return nil }
        return high << 4 | low
    }
}
