internal import CLibcrypto

/// The SHA-256 (FIPS 180-4) of some bytes: 32 bytes, whatever they are of.
package struct SHA256Digest: Sendable, Hashable {
    /// In the order of the digest, eight bytes each, the first one highest.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(of bytes: some Sequence<UInt8>) {
        self.init(of: Array(bytes))
    }

    package init(of bytes: [UInt8]) {
        var digest = [UInt8](repeating: 0, count: 32)
        let isDone = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1
        precondition(isDone, "libcrypto must have SHA-256.")
        func word(_ index: Int) -> UInt64 { digest[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        words = (word(0), word(1), word(2), word(3))
    }

    /// Reads a digest of 64 hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == 64,
            digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 })
        else { return nil }
        func word(_ index: Int) -> UInt64 { UInt64(String(decoding: digits[index * 16..<index * 16 + 16], as: UTF8.self), radix: 16) ?? 0 }
        words = (word(0), word(1), word(2), word(3))
    }

    package var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }

    /// The digest as 64 hexadecimal digits.
    package var hexadecimal: String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// Takes the same time, whatever differs.
    package func isEqualInConstantTime(to other: SHA256Digest) -> Bool {
        ConstantTime.areEqual(bytes, other.bytes)
    }

    package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}
