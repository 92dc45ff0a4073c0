import Cryptography

@testable import SkewWatch

/// Tokens that a test signs by itself.
enum SignedToken {
    static let secret = "thirty-two bytes of a test's own secret"

    /// - Parameter more: members beside `sub` and `exp`, with a comma in front.
    static func lasting(_ seconds: Double, secret: String = secret, more: String = "") -> String {
        let expiry = Double(MonotonicTime.wallClockMilliseconds) / 1000 + seconds
        let parts = [#"{"alg":"HS256"}"#, #"{"sub":"ada","exp":\#(expiry)\#(more)}"#].map { Base64URL.encode(Array($0.utf8)) }
        let message = parts.joined(separator: ".")
        let code = AuthenticationCode(secret: Array(secret.utf8)).code(of: Array(message.utf8), hash: .sha256) ?? []
        return message + "." + Base64URL.encode(code)
    }
}
