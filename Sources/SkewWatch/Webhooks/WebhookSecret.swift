internal import Cryptography

/// The key that webhooks are signed with, as the Standard Webhooks specification writes it: base64, with or without `whsec_` in front.
struct WebhookSecret: Sendable {
    private let code: AuthenticationCode

    /// nil for anything else, and for less than 16 or more than 64 bytes.
    init?(_ text: String) {
        var body = text[...]
        if body.hasPrefix("whsec_") { body = body.dropFirst("whsec_".count) }
        while body.last == "=" { body = body.dropLast() }
        guard !body.contains("-"), !body.contains("_") else { return nil }
        let url = body.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
        guard let bytes = Base64URL.decode(url), 16...64 ~= bytes.count else { return nil }
        code = AuthenticationCode(secret: bytes)
    }

    /// The value of `webhook-signature`.
    /// - Parameters:
    ///   - id: of the message.
    ///   - seconds: since 1970, as `webhook-timestamp` says.
    func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(seconds).".utf8) + body
        return "v1," + Self.base64(code.code(of: signed, hash: .sha256) ?? [])
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return String(text) + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }
}
