/// A handshake as libwebsockets is given it: in the plainest form that it answers, with nothing in it of what the peer sent but the key and
/// the name of the subprotocol that was chosen.
///
/// The handshake itself was judged here, on its own bytes, and the handler let it in. libwebsockets reads a head slowly, about 120 instructions
/// for a byte, and not well: it takes the beginning of a word of its own table for that word and swallows the line after it, keeps 126 bytes
/// of an offer of subprotocols, has room for 97 lines and query arguments, and forbids a `%` that no two hex digits follow.
enum PlainHandshake {
    // Without a version libwebsockets takes 13, the only one that it knows. It wants a host, whatever it is called.
    private static let start = Array("GET / HTTP/1.1\r\nHost:a\r\nUpgrade:websocket\r\nConnection:upgrade\r\nSec-WebSocket-Key:".utf8)
    private static let offer = Array("\r\nSec-WebSocket-Protocol:".utf8)
    private static let end = Array("\r\n\r\n".utf8)

    /// - Parameters:
    ///   - seen: the handshake, which was checked.
    ///   - subprotocol: the one that was chosen of the offer; nil where none is offered.
    ///   - bytes: is overwritten; its room is used again.
    static func write(for seen: SeenHead, choosing subprotocol: ArraySlice<UInt8>?, to bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: start)
        if let key = seen.lastRange(of: "sec-websocket-key") { unsafe bytes.append(contentsOf: seen.bytes[key]) }
        if let subprotocol {
            bytes.append(contentsOf: offer)
            bytes.append(contentsOf: subprotocol)
        }
        bytes.append(contentsOf: end)
    }
}
