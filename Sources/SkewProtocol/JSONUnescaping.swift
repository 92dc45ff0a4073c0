/// Turns a scanned JSON string into the UTF-8 it stands for.
extension JSONScanner.StringToken {
    /// The string's bytes with every escape resolved. A surrogate without its other half becomes U+FFFD, as in a browser's `TextEncoder`.
    func unescaped(in text: Span<UInt8>) -> [UInt8] {
        guard isEscaped else { return text.extracting(start..<end).copy }
        var result: [UInt8] = []
        result.reserveCapacity(end - start)
        var position = start
        while position < end {
            let byte = text[position]
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                position += 1
                continue
            }
            let kind = text[position + 1]
            position += 2
            switch kind {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                let unit = codeUnit(at: position, in: text)
                position += 4
                var scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
                if let low = lowSurrogate(at: position, following: unit, in: text) {
                    scalar = low
                    position += 6
                }
                result.append(contentsOf: String(scalar).utf8)
            default: result.append(kind)
            }
        }
        return result
    }

    /// True if the string stands for exactly `literal`.
    func equals(_ literal: StaticString, in text: Span<UInt8>) -> Bool {
        if !isEscaped { return text.extracting(start..<end).matches(literal) }
        return unescaped(in: text).span.matches(literal)
    }

    /// The four hexadecimal digits at `position` as a UTF-16 code unit. The scanner has seen that they are there.
    private func codeUnit(at position: Int, in text: Span<UInt8>) -> UInt16 {
        var unit: UInt16 = 0
        for offset in position..<position + 4 { unit = unit << 4 | UInt16(hexadecimalValue(text[offset]) ?? 0) }
        return unit
    }

    /// The scalar of a surrogate pair, if `high` opens one and an escaped low surrogate stands at `position`.
    private func lowSurrogate(at position: Int, following high: UInt16, in text: Span<UInt8>) -> Unicode.Scalar? {
        guard 0xD800...0xDBFF ~= high, position + 6 <= end else { return nil }
        guard text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u") else { return nil }
        let low = codeUnit(at: position + 2, in: text)
        guard 0xDC00...0xDFFF ~= low else { return nil }
        return Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
    }
}
