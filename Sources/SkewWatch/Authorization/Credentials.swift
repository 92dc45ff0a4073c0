internal import Cryptography

/// All that a connection can show for itself.
struct Credentials: Sendable, Equatable {
    var head: HandshakeHead
    /// The `token` of its `subscribe-stats`.
    var token: String?

    /// Whether it shows a secret that could be a guess. A cookie is the browser's doing, and what follows another scheme than
    /// `Bearer` is for a proxy in front.
    var showsToken: Bool {
        token != nil || head.authorization.map { AccessTokens.bearer(Array($0.utf8)[...]) != nil || !$0.contains(" ") } ?? false
    }

    /// The same for two that show the same. Kept in place of them.
    func digest(with address: String?) -> SHA256Digest {
        var bytes: [UInt8] = []
        for part in [head.cookie, head.authorization, head.origin, head.userAgent, token, address] {
            // The length in front keeps what follows from being taken for a part of this.
            bytes += eightBytes(part?.utf8.count ?? -1)
            bytes += part?.utf8 ?? "".utf8
        }
        return SHA256Digest(of: bytes)
    }

    private func eightBytes(_ count: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } }
}
