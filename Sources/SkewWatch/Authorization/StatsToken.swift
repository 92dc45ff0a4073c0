/// Judges the stats token, wherever it came from.
struct StatsToken: Sendable {
    let secret: Secret?

    /// Whether a handshake's `Authorization` header carries the token: `Bearer K`.
    func isCarried(by authorization: [UInt8]?) -> Bool {
        guard let secret, let authorization, let credentials = Self.bearer(authorization) else { return false }
        return secret.matches(credentials)
    }

    /// Whether the `token` of a `subscribe-stats` is the token.
    func matches(_ token: String?) -> Bool {
        guard let secret, let token else { return false }
        return secret.matches(token.utf8)
    }

    /// What follows `Bearer`, whose case does not matter (RFC 9110, section 11.1).
    static func bearer(_ authorization: [UInt8]) -> ArraySlice<UInt8>? {
        let scheme = Array("bearer ".utf8)
        guard authorization.count > scheme.count,
            zip(authorization, scheme).allSatisfy({ $0 == $1 || (0x41...0x5A).contains($0) && $0 | 0x20 == $1 })
        else { return nil }
        return authorization.dropFirst(scheme.count).drop { $0 == 0x20 }
    }
}
