internal import CLibcrypto

/// A public key that is bound to the algorithms it may be used with: nobody's word can make it check another.
///
/// `@unchecked Sendable` because libcrypto's key is never changed after it is made, and may then be used by many threads at once.
@safe
package final class PublicKey: @unchecked Sendable {
    /// One for what says so; six for an RSA key that says nothing about it, since its signatures of one kind are none of another.
    package let algorithms: Set<SignatureAlgorithm>
    private let key: OpaquePointer

    private init(takingOwnership key: OpaquePointer, _ algorithms: Set<SignatureAlgorithm>) {
        unsafe self.key = unsafe key
        self.algorithms = algorithms
    }

    deinit { unsafe EVP_PKEY_free(key) }

    // MARK: Making one

    /// What an RSA key can do.
    package static let ofRSA: Set<SignatureAlgorithm> = [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]

    /// An RSA key of 2,048 to 8,192 bits; nil for anything else. The numbers are big-endian.
    /// - Parameter algorithms: what it may be used with, of those that RSA keys can do.
    package static func rsa(
        modulus: [UInt8], exponent: [UInt8], algorithms: Set<SignatureAlgorithm> = ofRSA
    ) -> PublicKey? {
        let modulus = Array(modulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        guard 256...1024 ~= modulus.count, modulus[0] & 0x80 != 0 || modulus.count > 256 else { return nil }
        guard 1...4 ~= exponent.count, exponent.last! & 1 == 1, exponent != [1] else { return nil }
        let usable = algorithms.intersection(ofRSA)
        guard !usable.isEmpty else { return nil }
        return unsafe withBuilder { builder in
            guard let n = unsafe BN_bin2bn(modulus, Int32(modulus.count), nil) else { return nil }
            defer { unsafe BN_free(n) }
            guard let e = unsafe BN_bin2bn(exponent, Int32(exponent.count), nil) else { return nil }
            defer { unsafe BN_free(e) }
            guard unsafe OSSL_PARAM_BLD_push_BN(builder, skewwatch_name_of_modulus, n) == 1,
                unsafe OSSL_PARAM_BLD_push_BN(builder, skewwatch_name_of_exponent, e) == 1
            else { return nil }
            return unsafe key("RSA", usable, builder)
        }
    }

    /// A key on a curve from the coordinates of its point; nil when the point is not on the curve.
    package static func elliptic(_ curve: EllipticCurve, x: [UInt8], y: [UInt8]) -> PublicKey? {
        guard x.count == curve.size, y.count == curve.size else { return nil }
        let point = [0x04] + x + y
        return unsafe withBuilder { builder in
            unsafe point.withUnsafeBytes { point in
                guard unsafe OSSL_PARAM_BLD_push_utf8_string(builder, skewwatch_name_of_group, curve.nameOfGroup, 0) == 1,
                    unsafe OSSL_PARAM_BLD_push_octet_string(builder, skewwatch_name_of_point, point.baseAddress, point.count) == 1
                else { return nil }
                return unsafe key("EC", [curve.algorithm], builder)
            }
        }
    }

    /// An Ed25519 key from its 32 bytes.
    package static func ed25519(_ bytes: [UInt8]) -> PublicKey? {
        guard bytes.count == 32 else { return nil }
        defer { ERR_clear_error() }
        guard let key = unsafe EVP_PKEY_new_raw_public_key(skewwatch_ed25519_key_type, nil, bytes, bytes.count) else { return nil }
        return unsafe PublicKey(takingOwnership: key, [.edDSA])
    }

    /// The builder only points to what it is given, until it makes the parameters.
    private static func withBuilder(_ body: (OpaquePointer) -> PublicKey?) -> PublicKey? {
        defer { ERR_clear_error() }
        guard let builder = unsafe OSSL_PARAM_BLD_new() else { return nil }
        defer { unsafe OSSL_PARAM_BLD_free(builder) }
        return unsafe body(builder)
    }

    private static func key(_ type: String, _ algorithms: Set<SignatureAlgorithm>, _ builder: OpaquePointer) -> PublicKey? {
        guard let parameters = unsafe OSSL_PARAM_BLD_to_param(builder) else { return nil }
        defer { unsafe OSSL_PARAM_free(parameters) }
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, type, nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_fromdata_init(context) == 1,
            unsafe EVP_PKEY_fromdata(context, &key, skewwatch_public_key_selection, parameters) == 1, let key = unsafe key
        else { return nil }
        return unsafe PublicKey(takingOwnership: key, algorithms)
    }

    // MARK: Checking

    /// Whether `signature` is this key's for `message` by an algorithm that it may be used with. Any thread.
    package func isValid(_ signature: [UInt8], of message: [UInt8], by algorithm: SignatureAlgorithm) -> Bool {
        guard algorithms.contains(algorithm) else { return false }
        defer { ERR_clear_error() }
        var signature = signature
        if let curve = EllipticCurve.allCases.first(where: { $0.algorithm == algorithm }) {
            guard signature.count == 2 * curve.size else { return false }
            signature = Self.sequence(of: signature[..<curve.size], signature[curve.size...])
        }
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        // The context owns it.
        var details: OpaquePointer?
        guard unsafe EVP_DigestVerifyInit(context, &details, algorithm.hash?.function, nil, key) == 1 else { return false }
        if algorithm.isPSS {
            guard unsafe EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1,
                unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) == 1
            else { return false }
        }
        // Anything but 1 is a no; failures are negative.
        return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// Two numbers in DER, as libcrypto wants them: a SEQUENCE of two INTEGERs of at most 67 bytes.
    private static func sequence(of first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>) -> [UInt8] {
        let integers = [first, second].flatMap { number -> [UInt8] in
            var bytes = Array(number.drop { $0 == 0 })
            // A leading bit would make it negative, and zero has one byte.
            if bytes.isEmpty || bytes[0] & 0x80 != 0 { bytes.insert(0, at: 0) }
            return [0x02, UInt8(bytes.count)] + bytes
        }
        // From 128 bytes on the length needs a byte that says so.
        return [0x30] + (integers.count < 128 ? [] : [0x81]) + [UInt8(integers.count)] + integers
    }
}

extension EllipticCurve {
    /// A pointer for ever, as libcrypto keeps it until the key is made.
    fileprivate var nameOfGroup: UnsafePointer<CChar>? {
        switch self {
        case .p256: unsafe skewwatch_name_of_p256
        case .p384: unsafe skewwatch_name_of_p384
        case .p521: unsafe skewwatch_name_of_p521
        }
    }
}
