/// What of a peer's text may reach a subscriber.
///
/// Removed: control characters (C0, DEL, C1), line and paragraph separators, and whatever is not seen itself but may change how its
/// neighbours are seen: bidi controls, zero-width characters, byte order marks, soft hyphens, tags, variation selectors. Otherwise two
/// different keys could look the same. Replaced by U+FFFD: what is no UTF-8. What is too long is cut between two characters as a reader sees
/// them, and between two scalars where a single character is too long. What is empty then is nil.
package enum CleanText {
    /// The most bytes of UTF-8 a version has.
    package static let versionLimit = 128
    /// The most bytes of UTF-8 a route has.
    package static let routeLimit = 256

    /// A version as subscribers may see it, nil if nothing is left.
    package static func version(_ bytes: Span<UInt8>) -> String? { clean(bytes, limit: versionLimit) }

    /// A version as subscribers may see it, nil if nothing is left.
    package static func version(_ text: String) -> String? { version(text.utf8.span) }

    /// A route as subscribers may see it, nil if nothing is left.
    package static func route(_ bytes: Span<UInt8>) -> String? { clean(bytes, limit: routeLimit) }

    /// A route as subscribers may see it, nil if nothing is left.
    package static func route(_ text: String) -> String? { route(text.utf8.span) }

    /// `bytes` cleaned and cut to at most `limit` bytes of UTF-8, nil if nothing is left. One small allocation for printable ASCII.
    package static func clean(_ bytes: Span<UInt8>, limit: Int) -> String? {
        // One byte more than is kept: a combining mark there belongs to the last character and is not ours to cut off.
        let examined = min(bytes.count, limit + 1)
        for offset in 0..<examined where !(0x20...0x7E ~= bytes[offset]) { return cleanSlowly(bytes, limit: limit) }
        let kept = min(bytes.count, limit)
        return kept == 0 ? nil : bytes.extracting(0..<kept).text
    }

    private static func cleanSlowly(_ bytes: Span<UInt8>, limit: Int) -> String? {
        var clean = String.UnicodeScalarView()
        var length = 0
        for scalar in bytes.text.unicodeScalars where isVisible(scalar) {
            clean.append(scalar)
            length += UTF8.width(scalar)
            // Far enough past the limit to see where the last character ends; the rest would only cost time.
            if length > limit + 64 { break }
        }
        let text = String(clean)
        return length <= limit ? (text.isEmpty ? nil : text) : cut(text, to: limit)
    }

    private static func cut(_ text: String, to limit: Int) -> String? {
        var kept = ""
        var length = 0
        for character in text {
            length += character.utf8.count
            if length > limit { break }
            kept.append(character)
        }
        if !kept.isEmpty { return kept }
        length = 0
        for scalar in text.unicodeScalars {
            length += UTF8.width(scalar)
            if length > limit { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept.isEmpty ? nil : kept
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        // Most of what is not ASCII needs no look into Unicode's tables either.
        if 0x20...0x7E ~= scalar.value || 0xAE...0x2FF ~= scalar.value || 0x3041...0x3096 ~= scalar.value || 0x4E00...0x9FFF ~= scalar.value
        {
            return true
        }
        return switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        // Unicode's own list of what shows nothing: bidi controls, zero-width characters, fillers, tags, variation selectors.
        default: !scalar.properties.isDefaultIgnorableCodePoint && !(0xFFF9...0xFFFB ~= scalar.value)
        }
    }
}
