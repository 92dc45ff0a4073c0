internal import Cryptography

/// Shows that a message comes from somebody who knows the cluster's secret: HMAC-SHA256, cut to 16 bytes, behind each part.
package struct MessageSeal: Sendable {
    /// How many bytes it adds.
    package static let length = 16

    private let code: AuthenticationCode

    /// - Parameters:
    ///   - secret: not empty.
    ///   - prefix: of the channels, so that what is said in one namespace is worth nothing in another.
    package init(secret: [UInt8], prefix: String) {
        precondition(!secret.isEmpty, "a secret must not be empty")
        guard let key = AuthenticationCode(secret: secret).code(of: Array(prefix.utf8), hash: .sha256) else {
            preconditionFailure("libcrypto makes no SHA-256")
        }
        code = AuthenticationCode(secret: key)
    }

    /// The part with its seal.
    package func seal(_ part: [UInt8]) -> [UInt8] { part + tag(of: part) }

    /// The part without its seal; nil where that is wrong. Compares in constant time.
    package func open(_ sealed: [UInt8]) -> [UInt8]? {
        guard sealed.count > Self.length else { return nil }
        let part = Array(sealed.dropLast(Self.length))
        return ConstantTime.areEqual(Array(sealed.suffix(Self.length)), tag(of: part)) ? part : nil
    }

    private func tag(of part: [UInt8]) -> [UInt8] { Array((code.code(of: part, hash: .sha256) ?? []).prefix(Self.length)) }
}
