/// Values from a `Cookie` header. A browser may send several cookies of a name: one for each path and domain, and cleared ones.
package enum CookieHeader {
    /// What `read` makes of the first cookie called `name` that is not empty: percent-decoded, or raw where that does not work; nil if
    /// there is none.
    ///
    /// Quotes around the whole value are no part of it. Names are compared byte by byte, with case.
    package static func firstValue<Value>(of name: String, in header: Span<UInt8>, _ read: (Span<UInt8>) -> Value) -> Value? {
        var found: Value?
        forEachValue(of: name, in: header) { value in
            found = read(value)
            return false
        }
        return found
    }

    /// All that ``firstValue(of:in:_:)`` chooses from, in order.
    package static func values(of name: String, in header: Span<UInt8>) -> [[UInt8]] {
        var values: [[UInt8]] = []
        forEachValue(of: name, in: header) { value in
            values.append(value.copy)
            return true
        }
        return values
    }

    /// Visits the values until `body` says false.
    private static func forEachValue(of name: String, in header: Span<UInt8>, _ body: (Span<UInt8>) -> Bool) {
        var start = 0
        while start < header.count {
            let end = header.firstOffset(of: UInt8(ascii: ";"), from: start)
            let pair = header.extracting(start..<end)
            start = end + 1
            let equals = pair.firstOffset(of: UInt8(ascii: "="), from: 0)
            let nameRange = trimmed(0..<equals, of: pair)
            guard equals < pair.count, pair.extracting(nameRange).matches(name) else { continue }
            var range = trimmed(equals + 1..<pair.count, of: pair)
            let quote = UInt8(ascii: "\"")
            if range.count >= 2, pair[range.lowerBound] == quote, pair[range.upperBound - 1] == quote {
                range = range.lowerBound + 1..<range.upperBound - 1
            }
            guard !range.isEmpty else { continue }
            let value = pair.extracting(range)
            let isEscaped = value.firstOffset(of: UInt8(ascii: "%"), from: 0) < value.count
            if isEscaped, let decoded = PercentDecoding.cookie(value) {
                guard body(decoded.span) else { return }
            } else {
                guard body(value) else { return }
            }
        }
    }

    /// `range` without the spaces and tabs at its ends.
    private static func trimmed(_ range: Range<Int>, of bytes: Span<UInt8>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, isBlank(bytes[lower]) { lower += 1 }
        while upper > lower, isBlank(bytes[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
