internal import CLibcrypto

/// Makes and checks message authentication codes (HMAC, RFC 2104) with one secret.
package struct AuthenticationCode: Sendable {
    /// The hash functions that are used with it.
    package enum Hash: Sendable, CaseIterable {
        case sha256, sha384, sha512
    }

    private let secret: [UInt8]

    /// - Parameter secret: not empty; should have as many bytes as the hash.
    package init(secret: [UInt8]) {
        self.secret = secret
    }

    /// The code of `message`; nil where the secret is empty.
    package func code(of message: [UInt8], hash: Hash) -> [UInt8]? {
        guard !secret.isEmpty else { return nil }
        var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let isDone = unsafe HMAC(hash.function, secret, Int32(secret.count), message, message.count, &code, &length) != nil
        return isDone ? Array(code.prefix(Int(length))) : nil
    }

    /// Whether `code` is the whole code of `message`. Compares in constant time.
    package func isValid(_ code: [UInt8], of message: [UInt8], hash: Hash) -> Bool {
        guard let expected = self.code(of: message, hash: hash) else { return false }
        return ConstantTime.areEqual(code, expected)
    }
}

extension AuthenticationCode.Hash {
    var function: OpaquePointer? {
        switch self {
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }
}
