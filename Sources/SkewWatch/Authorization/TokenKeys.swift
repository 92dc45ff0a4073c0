internal import Cryptography
internal import SkewProtocol

/// The keys that tokens are checked with. A set has either one secret or public keys, so that no public key is ever taken for a
/// secret.
enum TokenKeys: Sendable {
    case secret(AuthenticationCode)
    case publicKeys([Named])

    struct Named: Sendable {
        var id: String?
        var key: PublicKey
    }

    /// Keys in a set that are looked at.
    static let maxKeys = 100

    /// Reads a JSON Web Key Set (RFC 7517). Keys that are for something else, or of another kind, are passed over.
    /// - Returns: nil when it is no such set, or none of its keys can be used.
    init?(keySet bytes: [UInt8]) {
        guard case .array(let keys) = JSONValue(bytes.span)?["keys"] else { return nil }
        let named = keys.prefix(Self.maxKeys).compactMap { value in Self.key(value).map { Named(id: value["kid"]?.text, key: $0) } }
        guard !named.isEmpty else { return nil }
        self = .publicKeys(named)
    }

    private static func key(_ value: JSONValue) -> PublicKey? {
        if let use = value["use"], use.text != "sig" { return nil }
        if case .array(let operations) = value["key_ops"], !operations.contains(.string("verify")) { return nil }
        func bytes(_ name: String) -> [UInt8]? { value[name]?.text.flatMap { Base64URL.decode($0.utf8) } }
        let algorithm: SignatureAlgorithm?
        switch value["alg"] {
        case nil: algorithm = nil
        case let name?:
            // A key that is for something that is not checked here must not be used for anything else.
            guard let known = name.text.flatMap({ SignatureAlgorithm(name: $0) }) else { return nil }
            algorithm = known
        }
        let key: PublicKey?
        switch (value["kty"]?.text, value["crv"]?.text) {
        case ("RSA", _):
            key = bytes("n").flatMap { n in
                bytes("e").flatMap { PublicKey.rsa(modulus: n, exponent: $0, algorithms: algorithm.map { [$0] } ?? PublicKey.ofRSA) }
            }
        case ("EC", let name):
            key = name.flatMap { EllipticCurve(rawValue: $0) }.flatMap { curve in
                bytes("x").flatMap { x in bytes("y").flatMap { PublicKey.elliptic(curve, x: x, y: $0) } }
            }
        case ("OKP", "Ed25519"): key = bytes("x").flatMap { PublicKey.ed25519($0) }
        default: key = nil
        }
        guard let key, algorithm.map({ key.algorithms.contains($0) }) ?? true else { return nil }
        return key
    }

    /// Checks a token's signature with the key that it is for, by the algorithm that the key is for.
    func check(_ token: WebToken) throws(TokenFault) {
        switch self {
        case .secret(let code):
            guard let hash = Self.hashes[token.algorithm] else { throw .algorithm }
            guard code.isValid(token.signature, of: token.signedBytes, hash: hash) else { throw .signature }
        case .publicKeys(let keys):
            let named = token.keyID.map { id in keys.filter { $0.id == id } } ?? keys
            guard !named.isEmpty else { throw .unknownKey }
            guard let algorithm = SignatureAlgorithm(name: token.algorithm) else { throw .algorithm }
            let fitting = named.filter { $0.key.algorithms.contains(algorithm) }
            guard !fitting.isEmpty else { throw .algorithm }
            // A token without a key's name costs a check for each key: a few, not a hundred.
            guard fitting.prefix(4).contains(where: { $0.key.isValid(token.signature, of: token.signedBytes, by: algorithm) }) else {
                throw .signature
            }
        }
    }

    private static let hashes: [String: AuthenticationCode.Hash] = ["HS256": .sha256, "HS384": .sha384, "HS512": .sha512]
}
