internal import Presence

/// What a client shows to act for its stream: the connection's id, which every viewer sees, and a secret, which only it was told.
struct StreamHandle: Sendable {
    let id: ConnectionID
    let secret: StreamSecret

    /// Reads `<id>.<secret>`.
    init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let id = ConnectionID(parts[0]), let secret = StreamSecret(parts[1]) else { return nil }
        (self.id, self.secret) = (id, secret)
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
        guard text.utf8.count == 22 else { return nil }
        var bits: UInt128 = 0
        for (index, byte) in text.utf8.enumerated() {
            guard let digit = Self.alphabet.firstIndex(of: byte) else { return nil }
            // The last character carries two bits.
            bits = index < 21 ? bits << 6 | UInt128(digit) : bits << 2 | UInt128(digit >> 4)
        }
        self.init(high: UInt64(bits >> 64), low: UInt64(truncatingIfNeeded: bits))
    }

    var text: String {
        let bits = UInt128(high) << 64 | UInt128(low)
        var digits: [UInt8] = []
        for index in 0..<21 {
            let digit = UInt8(truncatingIfNeeded: bits >> UInt128(122 - 6 * index)) & 63
            digits.append(Self.alphabet[Int(digit)])
        }
        digits.append(Self.alphabet[Int(UInt8(truncatingIfNeeded: bits) & 3) << 4])
        return String(decoding: digits, as: UTF8.self)
    }

    /// Takes the same time whatever differs.
    func matches(_ other: StreamSecret) -> Bool { (high ^ other.high) | (low ^ other.low) == 0 }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
