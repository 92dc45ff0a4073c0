internal import Cryptography
internal import SkewProtocol

/// Why a token does not let anybody in: a closed set. The words go to the log and never to the client.
enum TokenFault: String, Error, Sendable, CaseIterable {
    case malformed = "it is no JWT"
    case tooLarge = "it is too large"
    case critical = "it demands an extension"
    case algorithm = "its algorithm is not the key's"
    case unknownKey = "its key is not known"
    case signature = "its signature is wrong"
    case revoked = "it was revoked"
    case noExpiry = "it has no exp"
    case expired = "it has expired"
    case notYet = "it is not valid yet"
    case audience = "it is for another audience"
    case claim = "it lacks a required claim"
    case scope = "its skewwatch_scope is none of counts, routes, connections and ips"
}

/// A JWT (RFC 7519) in compact form (RFC 7515), taken apart and not yet believed in anything.
struct WebToken: Sendable {
    /// Tokens of sessions are 1 to 4 KiB; no header or message that is let in holds more than 8.
    static let maxBytes = 8192

    /// The name of the algorithm, as the token says. It is only ever compared with what the key is for.
    let algorithm: String
    let keyID: String?
    let claims: [String: JSONValue]
    /// What the signature is for.
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// Whether some text could be one: nothing else is looked at further.
    static func looksLikeOne(_ text: String) -> Bool { text.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2 }

    init(_ text: String) throws(TokenFault) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maxBytes else { throw .tooLarge }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), case .object(let fields) = JSONValue(header.span),
            case .object(let claims) = JSONValue(payload.span), let algorithm = fields["alg"]?.text
        else { throw .malformed }
        guard fields["crit"] == nil else { throw .critical }
        switch fields["kid"] {
        case nil: keyID = nil
        case .string(let id): keyID = id
        default: throw .malformed
        }
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        signedBytes = Array(bytes[..<parts[1].endIndex])
    }
}
