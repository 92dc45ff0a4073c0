/// Judges the stats token, wherever it came from.
struct StatsToken: Sendable {
    let secret: Secret?

    /// Whether the `token` of a `subscribe-stats` or a handshake's `Authorization: Bearer` is the token.
    func isCarried(by credentials: Credentials) -> Bool {
        guard let secret else { return false }
        if let token = credentials.token, secret.matches(token.utf8) { return true }
        return credentials.head.authorization.map { isCarried(by: Array($0.utf8)) } ?? false
    }

    /// Whether an `Authorization` header carries the token.
    func isCarried(by authorization: [UInt8]) -> Bool {
        guard let secret, let bearer = Self.bearer(authorization[...]) else { return false }
        return secret.matches(bearer)
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
