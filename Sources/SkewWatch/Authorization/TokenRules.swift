internal import SkewProtocol

/// What the claims of a token must say, once its signature is known to be right: a pure rule.
struct TokenRules: Sendable {
    /// How far the clocks of who issues and of who checks may differ, in seconds.
    static let leeway = 60.0

    /// The claim that says how much a token shows. Its name is our own: `scope` is another program's word.
    static let scopeClaim = "skewwatch_scope"

    let required: [RequiredClaim]

    /// What a good token says.
    struct Content: Sendable, Equatable {
        /// Seconds that it is good for, from now on.
        var secondsLeft: Double
        var subject: String?
        /// How much of the statistics it shows.
        var scope = StatisticsScope.ips
    }

    /// What a claim of a token says that is in its time, whoever it is for and whatever else it lacks: it lets nobody in.
    /// - Parameters:
    ///   - path: the claim's name, or names with dots between them.
    ///   - now: seconds since 1970.
    static func value(of path: String, in claims: [String: JSONValue], now: Double) throws(TokenFault) -> JSONValue? {
        guard let expiry = try date("exp", in: claims) else { throw .noExpiry }
        guard now < expiry + leeway else { throw .expired }
        if let start = try date("nbf", in: claims), now < start - leeway { throw .notYet }
        return claims[path] ?? values(of: path, in: claims).first
    }

    /// - Parameter now: seconds since 1970.
    func check(_ claims: [String: JSONValue], now: Double) throws(TokenFault) -> Content {
        guard let expiry = try Self.date("exp", in: claims) else { throw .noExpiry }
        guard now < expiry + Self.leeway else { throw .expired }
        if let start = try Self.date("nbf", in: claims), now < start - Self.leeway { throw .notYet }
        try checkAudience(claims["aud"])
        for claim in required where claim.name != "aud" {
            guard Self.values(of: claim.name, in: claims).contains(where: { $0.holds(claim.value) }) else { throw .claim }
        }
        let subject = claims["sub"]?.text.flatMap { CleanText.clean($0.utf8.span, limit: 64) }
        // A token that is let in by the leeway lasts as long as that does.
        let secondsLeft = expiry > now ? expiry - now : expiry + Self.leeway - now
        return Content(secondsLeft: secondsLeft, subject: subject, scope: try Self.scope(in: claims))
    }

    /// What a claim says, by its name or by a path of names with dots between them: Keycloak puts roles into
    /// `{"realm_access":{"roles":[…]}}`. A name may have dots of its own, as those that are URLs have.
    private static func values(of path: String, in claims: [String: JSONValue]) -> [JSONValue] {
        var values: [JSONValue] = []
        if let value = claims[path] { values.append(isList(path) ? value.splitIntoWords : value) }
        for dot in path.indices where path[dot] == "." {
            guard case .object(let members)? = claims[String(path[..<dot])] else { continue }
            values += Self.values(of: String(path[path.index(after: dot)...]), in: members)
        }
        return values
    }

    /// Claims that are words with blanks between them (RFC 8693, section 4.2; Entra ID calls it `scp`).
    private static func isList(_ name: String) -> Bool { name == "scope" || name == "scp" }

    /// A token for an audience is for nobody else (RFC 7519, section 4.1.3): without a required one, none may be named.
    private func checkAudience(_ audience: JSONValue?) throws(TokenFault) {
        let wanted = required.filter { $0.name == "aud" }
        if audience == nil, wanted.isEmpty { return }
        guard let audience, !wanted.isEmpty, wanted.allSatisfy({ audience.holds($0.value) }) else { throw .audience }
    }

    /// A token may narrow what it shows; a word that we do not know must not widen it.
    private static func scope(in claims: [String: JSONValue]) throws(TokenFault) -> StatisticsScope {
        guard let claim = claims[scopeClaim] else { return .ips }
        guard let scope = claim.text.flatMap({ StatisticsScope($0) }) else { throw .scope }
        return scope
    }

    private static func date(_ name: String, in claims: [String: JSONValue]) throws(TokenFault) -> Double? {
        switch claims[name] {
        case nil: return nil
        case .number(let seconds) where seconds.isFinite: return seconds
        default: throw .malformed
        }
    }
}

extension JSONValue {
    /// The words of a text beside the text itself; anything else as it is.
    fileprivate var splitIntoWords: JSONValue {
        guard case .string(let text) = self else { return self }
        return .array([self] + text.split(separator: " ").map { .string(String($0)) })
    }

    /// Whether this is `text`, or a list with `text` in it.
    fileprivate func holds(_ text: String) -> Bool {
        switch self {
        case .string(let value): value == text
        case .boolean(let value): text == (value ? "true" : "false")
        case .number(let value): Double(text) == value
        case .array(let values): values.contains { if case .array = $0 { false } else { $0.holds(text) } }
        case .null, .object: false
        }
    }
}
