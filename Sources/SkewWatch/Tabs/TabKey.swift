internal import Cryptography
internal import SkewCluster

extension TabKey {
    /// Reads what ``hexadecimal`` wrote; nil for anything else.
    init?(hexadecimal text: String) {
        guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16) else {
            return nil
        }
        self.init(high: high, low: low)
    }

    /// As nodes tell each other: 32 digits.
    var hexadecimal: String {
        [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// Makes keys of names. Whoever knows a tab's name could take its place, so it is never kept, shown or sent on.
struct TabKeys: Sendable {
    private let code: AuthenticationCode

    /// - Parameter secret: 32 bytes that nobody else knows, or only the other nodes.
    init(secret: [UInt8]) { code = AuthenticationCode(secret: secret) }

    /// With a secret of this process alone.
    init() {
        var random = SystemRandomNumberGenerator()
        self.init(secret: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }

    /// The same on all nodes of a cluster.
    init(_ configuration: Configuration) {
        let known = "skewwatch tabs\n\(configuration.clusterNamespace)\n\(configuration.clusterSecret?.exposed ?? "")"
        self.init(secret: SHA256Digest(of: Array(known.utf8)).bytes)
    }

    /// nil for what is no name of a tab: another length than 16 to 64, or other characters than letters, digits, `-` and `_`.
    func key(of name: [UInt8]) -> TabKey? {
        guard 16...64 ~= name.count, name.allSatisfy({ isalnumASCII($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }),
            let digest = code.code(of: name, hash: .sha256)
        else { return nil }
        func word(_ start: Int) -> UInt64 { digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        return TabKey(high: word(0), low: word(8))
    }
}
