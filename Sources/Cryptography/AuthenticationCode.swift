internal import CLibcrypto

/// Checks message authentication codes (HMAC, RFC 2104) with one secret.
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

    /// Whether `code` is the whole code of `message`. Compares in constant time.
    package func isValid(_ code: [UInt8], of message: [UInt8], hash: Hash) -> Bool {
        var expected = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let isDone = unsafe HMAC(hash.function, secret, Int32(secret.count), message, message.count, &expected, &length) != nil
        guard isDone, !secret.isEmpty, code.count == Int(length) else { return false }
        return unsafe CRYPTO_memcmp(code, expected, code.count) == 0
    }
}

extension AuthenticationCode.Hash {
    fileprivate var function: OpaquePointer? {
        switch self {
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }
}
