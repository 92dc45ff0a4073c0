/// One text frame of a client, understood.
package enum ClientMessage: Equatable, Sendable {
    /// The client wants a `pong`.
    case ping
    /// The tab shows another route, by its name: see `RouteNames`.
    case routeUpdate(String)
    /// The client asks for statistics. The token is just what the client sent, neither cleaned nor cut: compare it, never show it.
    case subscribeStats(token: String?, mode: StatisticsMode)
    /// The client wants no more statistics.
    case unsubscribeStats
    /// Nothing to do but count it; the socket stays open.
    case ignored(IgnoredReason)

    /// Why a text frame was ignored. The raw value is the label in the metrics.
    package enum IgnoredReason: String, Sendable, Hashable, CaseIterable {
        /// Not one JSON text and nothing else, or not UTF-8.
        case notJSON = "not-json"
        /// JSON, but no object.
        case notObject = "not-object"
        /// An object whose `type` is missing or none of ours.
        case unknownType = "unknown-type"
        /// A message of ours with a field that is missing, empty or of the wrong kind.
        case badField = "bad-field"
        /// More than 64 arrays and objects open at one time.
        case tooDeep = "too-deep"
    }

    /// Understands the payload of one text frame. Never fails and never traps, whatever the bytes are; costs O(bytes).
    ///
    /// The text must be strict RFC 8259 as a whole, also where a message does not look. Of equal keys the last one counts, as in `JSON.parse`.
    /// - Parameter routes: how routes are named.
    package static func parse(_ text: Span<UInt8>, routes: RouteNames = RouteNames()) -> ClientMessage {
        usual(text, routes) ?? scan(text, routes)
    }

    /// What tabs send most, as `JSON.stringify` writes it: a ping, and a route without escapes. nil for any other text; the scanner says of
    /// each the same.
    static func usual(_ text: Span<UInt8>, _ routes: RouteNames) -> ClientMessage? {
        let ping: StaticString = #"{"type":"ping"}"#
        if text.matches(ping) { return .ping }
        let (start, end): (StaticString, StaticString) = (#"{"type":"route-update","route":""#, #""}"#)
        let length = start.utf8CodeUnitCount + end.utf8CodeUnitCount
        guard text.count >= length, text.extracting(first: start.utf8CodeUnitCount).matches(start),
            text.extracting(last: end.utf8CodeUnitCount).matches(end)
        else { return nil }
        let route = text.extracting(droppingLast: end.utf8CodeUnitCount).extracting(droppingFirst: start.utf8CodeUnitCount)
        for index in 0..<route.count {
            switch route[index] {
            case 0x20, 0x21, 0x23...0x5B, 0x5D...0x7F: break
            default: return nil
            }
        }
        return routes.name(of: route).map { .routeUpdate($0) } ?? .ignored(.badField)
    }

    static func scan(_ text: Span<UInt8>, _ routes: RouteNames) -> ClientMessage {
        if text.matches("ping") { return .ping }
        var fields = Fields()
        do {
            guard try fields.read(text) else { return .ignored(.notObject) }
        } catch {
            switch error {
            case .syntax: return .ignored(.notJSON)
            case .depth: return .ignored(.tooDeep)
            }
        }
        return fields.message(in: text, routes)
    }
}

/// The top level values of a message that any type of message looks at.
private struct Fields {
    private var type = JSONScanner.Value.null
    private var route = JSONScanner.Value.null
    private var token = JSONScanner.Value.null
    private var mode = JSONScanner.Value.null

    /// Reads the whole text. False if it is JSON but no object.
    mutating func read(_ text: Span<UInt8>) throws(JSONScanner.Fault) -> Bool {
        try JSONScanner.readObject(text) { key, value in store(value, under: key, in: text) }
    }

    private mutating func store(_ value: JSONScanner.Value, under key: JSONScanner.StringToken, in text: Span<UInt8>) {
        if key.equals("type", in: text) {
            type = value
        } else if key.equals("route", in: text) {
            route = value
        } else if key.equals("token", in: text) {
            token = value
        } else if key.equals("mode", in: text) {
            mode = value
        }
    }

    func message(in text: Span<UInt8>, _ routes: RouteNames) -> ClientMessage {
        guard case .string(let name) = type else { return .ignored(.unknownType) }
        if name.equals("ping", in: text) { return .ping }
        if name.equals("route-update", in: text) { return routeUpdate(in: text, routes) }
        if name.equals("subscribe-stats", in: text) { return subscribeStats(in: text) }
        if name.equals("unsubscribe-stats", in: text) { return .unsubscribeStats }
        return .ignored(.unknownType)
    }

    private func routeUpdate(in text: Span<UInt8>, _ routes: RouteNames) -> ClientMessage {
        guard case .string(let raw) = route else { return .ignored(.badField) }
        let clean =
            if raw.isEscaped {
                routes.name(of: raw.unescaped(in: text).span)
            } else {
                routes.name(of: text.extracting(raw.start..<raw.end))
            }
        guard let clean else { return .ignored(.badField) }
        return .routeUpdate(clean)
    }

    private func subscribeStats(in text: Span<UInt8>) -> ClientMessage {
        var secret: String?
        switch token {
        case .null: break
        case .string(let raw): secret = String(decoding: raw.unescaped(in: text), as: UTF8.self)
        case .other: return .ignored(.badField)
        }
        switch mode {
        case .null: return .subscribeStats(token: secret, mode: .snapshot)
        case .string(let raw):
            guard let known = StatisticsMode.allCases.first(where: { raw.equals($0, in: text) }) else { return .ignored(.badField) }
            return .subscribeStats(token: secret, mode: known)
        case .other: return .ignored(.badField)
        }
    }
}

extension JSONScanner.StringToken {
    fileprivate func equals(_ mode: StatisticsMode, in text: Span<UInt8>) -> Bool {
        unescaped(in: text).span.matches(mode.rawValue)
    }
}
