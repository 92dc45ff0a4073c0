extension JSONScanner {
    /// Reads a whole text and visits the members of its object.
    /// - Returns: false if it is JSON but no object.
    static func readObject(_ text: Span<UInt8>, member: (StringToken, Value) -> Void) throws(Fault) -> Bool {
        var scanner = JSONScanner()
        scanner.skipSpace(in: text)
        let isObject = scanner.take(UInt8(ascii: "{"), in: text)
        if isObject {
            try scanner.members(in: text, member)
        } else {
            _ = try scanner.value(in: text, outerDepth: 0)
        }
        scanner.skipSpace(in: text)
        guard scanner.position == text.count else { throw .syntax }
        if scanner.sawNonASCII {
            guard text.isUTF8 else { throw .syntax }
        }
        return isObject
    }

    private mutating func members(in text: Span<UInt8>, _ member: (StringToken, Value) -> Void) throws(Fault) {
        skipSpace(in: text)
        if take(UInt8(ascii: "}"), in: text) { return }
        repeat {
            let key = try key(in: text)
            let value = try value(in: text, outerDepth: 1)
            member(key, value)
            skipSpace(in: text)
        } while take(UInt8(ascii: ","), in: text)
        guard take(UInt8(ascii: "}"), in: text) else { throw .syntax }
    }
}
