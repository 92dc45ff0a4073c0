internal import Cryptography
internal import Presence

/// What a client shows to act for its stream: the connection's id, which every viewer sees, and a secret, which only it was told.
struct StreamHandle: Sendable {
    let id: ConnectionID
    let secret: StreamSecret
    /// The mark of the node that has the stream, where there are several.
    let node: UInt32?

    /// Reads `<id>.<secret>`, or `<id>.<secret>.<node>` where there are several nodes.
    init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let id = ConnectionID(parts[0]), let secret = StreamSecret(parts[1]) else { return nil }
        (self.id, self.secret) = (id, secret)
        if parts.count == 2 {
            node = nil
        } else {
            guard parts[2].utf8.count <= 8, let mark = UInt32(parts[2], radix: 16) else { return nil }
            node = mark
        }
    }

    /// What stands behind the id for a client.
    static func suffix(_ secret: StreamSecret, node: UInt32?) -> String {
        secret.text + (node.map { "." + String($0, radix: 16) } ?? "")
    }
}

/// 128 random bits, base64url in text.
struct StreamSecret: Sendable {
    private let high: UInt64
    private let low: UInt64

    init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }

    /// Reads 22 characters.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 22, let bytes = Base64URL.decode(text.utf8), bytes.count == 16 else { return nil }
        let bits = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        self.init(high: UInt64(bits >> 64), low: UInt64(truncatingIfNeeded: bits))
    }

    var text: String {
        Base64URL.encode([high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } })
    }

    /// Takes the same time whatever differs.
    func matches(_ other: StreamSecret) -> Bool { (high ^ other.high) | (low ^ other.low) == 0 }
}
