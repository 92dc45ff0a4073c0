internal import CLibcrypto

/// A public key that is bound to the one algorithm it may be used with: nobody's word can make it check another.
///
/// `@unchecked Sendable` because libcrypto's key is never changed after it is made, and may then be used by many threads at once.
@safe
package final class PublicKey: @unchecked Sendable {
    /// What a key is for.
    package enum Algorithm: Sendable {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        case rsaSHA256
        /// ECDSA on P-256 with SHA-256; a signature is r and s, 32 bytes each.
        case p256SHA256
        /// Ed25519.
        case ed25519
    }

    package let algorithm: Algorithm
    private let key: OpaquePointer

    private init(takingOwnership key: OpaquePointer, _ algorithm: Algorithm) {
        unsafe self.key = unsafe key
        self.algorithm = algorithm
    }

    deinit { unsafe EVP_PKEY_free(key) }

    // MARK: Making one

    /// An RSA key of 2,048 to 8,192 bits; nil for anything else. The numbers are big-endian.
    package static func rsa(modulus: [UInt8], exponent: [UInt8]) -> PublicKey? {
        let modulus = Array(modulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        guard 256...1024 ~= modulus.count, modulus[0] & 0x80 != 0 || modulus.count > 256 else { return nil }
        guard 1...4 ~= exponent.count, exponent.last! & 1 == 1, exponent != [1] else { return nil }
        return unsafe withBuilder { builder in
            guard let n = unsafe BN_bin2bn(modulus, Int32(modulus.count), nil) else { return nil }
            defer { unsafe BN_free(n) }
            guard let e = unsafe BN_bin2bn(exponent, Int32(exponent.count), nil) else { return nil }
            defer { unsafe BN_free(e) }
            guard unsafe OSSL_PARAM_BLD_push_BN(builder, name_of_modulus, n) == 1,
                unsafe OSSL_PARAM_BLD_push_BN(builder, name_of_exponent, e) == 1
            else { return nil }
            return unsafe key("RSA", .rsaSHA256, builder)
        }
    }

    /// A key on P-256 from the coordinates of its point; nil when the point is not on the curve.
    package static func p256(x: [UInt8], y: [UInt8]) -> PublicKey? {
        guard x.count == 32, y.count == 32 else { return nil }
        let point = [0x04] + x + y
        return unsafe withBuilder { builder in
            unsafe point.withUnsafeBytes { point in
                guard unsafe OSSL_PARAM_BLD_push_utf8_string(builder, name_of_group, name_of_p256, 0) == 1,
                    unsafe OSSL_PARAM_BLD_push_octet_string(builder, name_of_point, point.baseAddress, point.count) == 1
                else { return nil }
                return unsafe key("EC", .p256SHA256, builder)
            }
        }
    }

    /// An Ed25519 key from its 32 bytes.
    package static func ed25519(_ bytes: [UInt8]) -> PublicKey? {
        guard bytes.count == 32 else { return nil }
        defer { ERR_clear_error() }
        guard let key = unsafe EVP_PKEY_new_raw_public_key(ed25519_key_type, nil, bytes, bytes.count) else { return nil }
        return unsafe PublicKey(takingOwnership: key, .ed25519)
    }

    /// The builder only points to what it is given, until it makes the parameters.
    private static func withBuilder(_ body: (OpaquePointer) -> PublicKey?) -> PublicKey? {
        defer { ERR_clear_error() }
        guard let builder = unsafe OSSL_PARAM_BLD_new() else { return nil }
        defer { unsafe OSSL_PARAM_BLD_free(builder) }
        return unsafe body(builder)
    }

    private static func key(_ type: String, _ algorithm: Algorithm, _ builder: OpaquePointer) -> PublicKey? {
        guard let parameters = unsafe OSSL_PARAM_BLD_to_param(builder) else { return nil }
        defer { unsafe OSSL_PARAM_free(parameters) }
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, type, nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_fromdata_init(context) == 1,
            unsafe EVP_PKEY_fromdata(context, &key, public_key_selection, parameters) == 1, let key = unsafe key
        else { return nil }
        return unsafe PublicKey(takingOwnership: key, algorithm)
    }

    // MARK: Checking

    /// Whether `signature` is this key's for `message`. Any thread.
    package func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        var signature = signature
        if algorithm == .p256SHA256 {
            guard signature.count == 64 else { return false }
            signature = Self.sequence(of: signature[..<32], signature[32...])
        }
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        // Ed25519 has its hash built in.
        let hash = unsafe algorithm == .ed25519 ? nil : EVP_sha256()
        guard unsafe EVP_DigestVerifyInit(context, nil, hash, nil, key) == 1 else { return false }
        // Anything but 1 is a no; failures are negative.
        return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// Two numbers in DER, as libcrypto wants them: a SEQUENCE of two INTEGERs of at most 33 bytes.
    private static func sequence(of first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>) -> [UInt8] {
        let integers = [first, second].flatMap { number -> [UInt8] in
            var bytes = Array(number.drop { $0 == 0 })
            // A leading bit would make it negative, and zero has one byte.
            if bytes.isEmpty || bytes[0] & 0x80 != 0 { bytes.insert(0, at: 0) }
            return [0x02, UInt8(bytes.count)] + bytes
        }
        return [0x30, UInt8(integers.count)] + integers
    }
}
