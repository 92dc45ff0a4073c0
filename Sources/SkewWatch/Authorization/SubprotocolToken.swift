internal import Cryptography
internal import WebSocketLoop

/// A token in the offer of subprotocols: the only place where a page can put one into a handshake of a browser.
///
/// The page offers `skewwatch` and `skewwatch.token.` followed by the token in base64url; the answer names the first of the two.
enum SubprotocolToken {
    /// What a client is answered with.
    static let subprotocol = "skewwatch"
    private static let prefix = Array("skewwatch.token.".utf8)

    /// What stands in for an `Authorization` header.
    static func authorization(in head: borrowing RequestHead) -> String? {
        head.header(.webSocketProtocol).flatMap { token(in: $0) }.map { "Bearer \($0)" }
    }

    /// The token in the value of a `Sec-WebSocket-Protocol` header.
    static func token(in header: [UInt8]) -> String? {
        for offer in Subprotocols(header).offered where offer.starts(with: prefix) {
            guard let bytes = Base64URL.decode(offer.dropFirst(prefix.count)), !bytes.isEmpty,
                let text = String(validating: bytes, as: UTF8.self), !text.hasControlCharacters
            else { continue }
            return text
        }
        return nil
    }
}
