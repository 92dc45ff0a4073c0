/// A handshake in the form that libwebsockets surely reads, for one that it could not: it keeps 126 bytes of the offer of subprotocols and
/// of the `Connection` header, and about 97 lines and query arguments, and forbids a `%` that no two hex digits follow.
///
/// Handlers see the handshake as it came; libwebsockets only answers it.
enum PlainHandshake {
    private static let maxValueBytes = 120

    /// nil where libwebsockets reads the handshake itself.
    static func standingIn(for head: RawHead, _ seen: SeenHead, subprotocol: String?) -> [UInt8]? {
        let offer = seen.size(of: "sec-websocket-protocol")
        let isTooLong = offer > maxValueBytes || seen.size(of: "connection") > maxValueBytes || head.parts > RawHead.maxParts
        guard isTooLong || seen.hasLoneEscape(head.query) else { return nil }
        let key = seen.lastValue(of: "sec-websocket-key") ?? []
        var text = Array("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n".utf8)
        if key.count <= 64 { text += Array("Sec-WebSocket-Key: ".utf8) + key + Array("\r\n".utf8) }
        // Its name is the one that is chosen when the handshake is confirmed.
        let names = RequestHead(seen).header(.webSocketProtocol).map { Subprotocols($0) }
        if let name = names?.choice(preferring: subprotocol) { text += Array("Sec-WebSocket-Protocol: ".utf8) + name + Array("\r\n".utf8) }
        return text + Array("\r\n".utf8)
    }
}
