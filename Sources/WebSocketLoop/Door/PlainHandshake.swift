/// A handshake as libwebsockets is given it: in the plainest form that it answers, with nothing in it of what the peer sent but the key and
/// the name of the subprotocol that was chosen.
///
/// The handshake itself was judged here, on its own bytes, and the handler let it in. libwebsockets reads a head slowly, about 120 instructions
/// for a byte, and not well: it takes the beginning of a word of its own table for that word and swallows the line after it, keeps 126 bytes
/// of an offer of subprotocols, has room for 97 lines and query arguments, and forbids a `%` that no two hex digits follow.
enum PlainHandshake {
    // It reads lines that end with a line feed alone, asks for no version of HTTP, and takes 13 for that of WebSocket, the only one that it
    // knows. It wants a host, whatever it is called.
    private static let start: StaticString = "GET /\nHost:a\nUpgrade:websocket\nConnection:upgrade\nSec-WebSocket-Key:"
    private static let offer: StaticString = "\nSec-WebSocket-Protocol:"
    private static let end: StaticString = "\n\n"

    /// - Parameters:
    ///   - seen: the handshake, which was checked.
    ///   - subprotocol: the one that was chosen of the offer; nil where none is offered.
    ///   - bytes: is overwritten; its room is used again.
    static func write(for seen: SeenHead, choosing subprotocol: ArraySlice<UInt8>?, to bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        append(start, to: &bytes)
        if let key = seen.lastRange(of: .webSocketKey) { unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: seen.bytes[key])) }
        if let subprotocol {
            append(offer, to: &bytes)
            bytes.append(contentsOf: subprotocol)
        }
        append(end, to: &bytes)
    }

    private static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
