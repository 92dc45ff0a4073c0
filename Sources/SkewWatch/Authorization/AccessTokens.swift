/// The tokens of the settings. Each may be several, so that a new one takes an old one's place without cutting anybody off.
struct AccessTokens: Sendable {
    var stats: [Secret] = []
    var admin: [Secret] = []

    /// A token that was shown and is right.
    struct Match: Sendable, Equatable {
        /// For the log: which one it is, and nothing of it.
        let name: String
        /// Whether nobody guesses it.
        let isLong: Bool
    }

    /// The stats token in the `token` of a `subscribe-stats` or in a handshake's `Authorization: Bearer`.
    func stats(in credentials: Credentials) -> Match? {
        if let token = credentials.token, let match = stats(Array(token.utf8)) { return match }
        guard let header = credentials.head.authorization, let bearer = Self.bearer(Array(header.utf8)[...]) else { return nil }
        return stats(Array(bearer))
    }

    func stats(_ shown: [UInt8]) -> Match? { Self.match(shown, stats, "stats-token") }

    func admin(_ shown: [UInt8]) -> Match? { Self.match(shown, admin, "admin-token") }

    /// Every token is compared, whichever is right: the time tells nothing.
    private static func match(_ shown: [UInt8], _ secrets: [Secret], _ name: String) -> Match? {
        let candidate = Secret.Candidate(shown)
        var found: Match?
        for (index, secret) in secrets.enumerated() where secret.matches(candidate) {
            found = Match(name: index == 0 ? name : "\(name) \(index + 1)", isLong: secret.isLong)
        }
        return found
    }

    /// What follows `Bearer`, whose case does not matter (RFC 9110, section 11.1).
    static func bearer(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let scheme = Array("bearer ".utf8)
        guard bytes.count > scheme.count,
            zip(bytes, scheme).allSatisfy({ $0 == $1 || (0x41...0x5A).contains($0) && $0 | 0x20 == $1 })
        else { return nil }
        return bytes.dropFirst(scheme.count).drop { $0 == 0x20 }
    }
}
