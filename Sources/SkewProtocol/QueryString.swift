/// The query of a request (what follows the `?` of its target) as the URL standard reads it (`application/x-www-form-urlencoded`):
/// parts between `&`, empty ones passed over, a name up to the first `=`. Read by length: a `%00` cuts nothing short.
package enum QueryString {
    /// What a bare `+` in a value stands for.
    package enum Plus: Sendable {
        /// A blank, as the standard says.
        case blank
        /// Itself: no build has a blank in its name, and semver writes `1.2.3+45`.
        case plus
    }

    /// Visits each part in order, still encoded. A part without `=` has the empty value.
    package static func forEachPart(of query: Span<UInt8>, _ body: (_ name: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
        var start = 0
        while start < query.count {
            let end = query.firstOffset(of: UInt8(ascii: "&"), from: start)
            let part = query.extracting(start..<end)
            start = end + 1
            guard part.count > 0 else { continue }
            let equals = part.firstOffset(of: UInt8(ascii: "="), from: 0)
            body(part.extracting(0..<equals), part.extracting(min(equals + 1, part.count)..<part.count))
        }
    }

    /// The decoded bytes of the first value of `name`, nil if the name is not in the query. What is no `%xx` stays as it is.
    package static func firstValue(of name: StaticString, in query: Span<UInt8>, plus: Plus = .blank) -> [UInt8]? {
        var found: [UInt8]?
        forEachPart(of: query) { candidate, value in
            if found == nil, isName(candidate, name) { found = PercentDecoding.query(value, plus: plus) }
        }
        return found
    }

    /// Whether an encoded name is this one.
    static func isName(_ encoded: Span<UInt8>, _ name: StaticString) -> Bool {
        if encoded.matches(name) { return true }
        // A byte takes one or three: no other length can be it.
        guard encoded.count > name.utf8CodeUnitCount, encoded.count <= 3 * name.utf8CodeUnitCount else { return false }
        return PercentDecoding.query(encoded, plus: .blank).span.matches(name)
    }
}
