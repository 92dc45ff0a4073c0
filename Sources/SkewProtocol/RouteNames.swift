/// Gives every page one name, in whichever way its route was told: in a query, in a message, in a POST.
///
/// A route is percent-decoded where that leaves its meaning (`%2F`, `%25`, controls and what is no UTF-8 stay), slashes at its end are
/// dropped, the first pattern that fits it takes its place, and only then is it cleaned and cut: see `CleanText`.
package struct RouteNames: Sendable {
    private let patterns: [RoutePattern]

    package init(_ patterns: [RoutePattern] = []) {
        self.patterns = patterns
    }

    /// The name of a route; nil if nothing is left. One small allocation where nothing is to be decoded or folded.
    package func name(of route: Span<UInt8>) -> String? {
        guard patterns.isEmpty else { return fold(PercentDecoding.route(route)) }
        for offset in 0..<route.count where route[offset] == UInt8(ascii: "%") {
            let decoded = PercentDecoding.route(route)
            return Self.clean(decoded.span)
        }
        return Self.clean(route)
    }

    /// The name of a route; nil if nothing is left.
    package func name(of route: String) -> String? { name(of: route.utf8.span) }

    private func fold(_ route: [UInt8]) -> String? {
        let route = route.span.extracting(0..<Self.end(of: route.span))
        return patterns.first { $0.matches(route) }?.text ?? Self.clean(route)
    }

    private static func clean(_ route: Span<UInt8>) -> String? {
        guard let text = CleanText.route(route.extracting(0..<end(of: route))) else { return nil }
        // What is not seen may have stood behind a slash, and the cut may be right behind one.
        let end = end(of: text.utf8.span)
        return end == text.utf8.count ? text : String(text.utf8.prefix(end))
    }

    /// Where a route ends without the slashes at its end; the root keeps its one.
    private static func end(of route: Span<UInt8>) -> Int {
        var end = route.count
        while end > 1, route[end - 1] == UInt8(ascii: "/") { end -= 1 }
        return end
    }
}

/// A pattern that stands for many routes: `/users/*`, `/p/:id/edit`.
///
/// `:name` and a `*` are one segment that is not empty; a `*` at the end is that and all behind it.
package struct RoutePattern: Sendable, Hashable {
    private enum Segment: Sendable, Hashable {
        case exactly([UInt8])
        case any
    }

    /// As it was written, which is also the name it gives.
    package let text: String
    private let segments: [Segment]
    private let takesRest: Bool

    /// Reads a pattern: segments behind a slash each, none of them empty, a star or a colon with a name only as a whole one. nil for
    /// anything else, for what does not fit a route's length, and for what stands for one route alone.
    package init?(_ text: String) {
        guard text.first == "/", text.utf8.count <= CleanText.routeLimit, CleanText.route(text) == text else { return nil }
        let parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var segments: [Segment] = []
        for part in parts {
            if part == "*" || part.first == ":" && part.count > 1 && !part.contains("*") {
                segments.append(.any)
            } else if part.isEmpty || part.contains("*") || part.first == ":" {
                return nil
            } else {
                segments.append(.exactly(Array(part.utf8)))
            }
        }
        guard segments.contains(.any) else { return nil }
        self.text = text
        self.segments = segments
        takesRest = parts.last == "*"
    }

    /// Whether it stands for this route, as it is counted.
    package func fits(_ route: String) -> Bool { matches(route.utf8.span) }

    /// Whether it stands for this route, which is decoded and has no slash at its end. Costs O(bytes).
    func matches(_ route: Span<UInt8>) -> Bool {
        guard route.count > 0, route[0] == UInt8(ascii: "/") else { return false }
        var start = 1
        for (index, segment) in segments.enumerated() {
            guard start <= route.count else { return false }
            let end = route.firstOffset(of: UInt8(ascii: "/"), from: start)
            switch segment {
            case .exactly(let bytes): guard route.extracting(start..<end).matches(bytes) else { return false }
            case .any: guard end > start else { return false }
            }
            if takesRest, index == segments.count - 1 { return true }
            start = end + 1
        }
        return start > route.count
    }
}

extension Span<UInt8> {
    /// True if these bytes are exactly those.
    fileprivate func matches(_ bytes: [UInt8]) -> Bool {
        guard count == bytes.count else { return false }
        for offset in 0..<count where self[offset] != bytes[offset] { return false }
        return true
    }
}
