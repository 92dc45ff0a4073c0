/// Who is told what WebSockets and event streams do. All calls come on the loop's thread; an actor that lives on that loop enters
/// itself with `assumeIsolated`, once per call.
///
/// A call may send, close and respond on any socket of the loop. Bytes and heads are lent for the length of the call.
package protocol WebSocketHandler: AnyObject {
    /// A well-formed WebSocket handshake wants in. The answer is nil to accept it, or the response that refuses it.
    func refusal(of head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse?

    /// The handshake is done, or the head of the stream is with the kernel: messages can be sent. Called once for every WebSocket
    /// and every stream, before anything else about it.
    func opened(_ socket: SocketID, over transport: Transport, _ head: borrowing RequestHead)

    /// A whole message of a WebSocket. Text is valid UTF-8.
    func received(_ message: Span<UInt8>, isText: Bool, from socket: SocketID)

    /// All bytes that waited for this socket are with the kernel: it can take the newest state now.
    func drained(_ socket: SocketID)

    /// A WebSocket or stream is gone, or has begun to close. Called once for each that was opened and that the handler did not
    /// close itself.
    func closed(_ socket: SocketID, _ reason: DisconnectReason)
}

/// A handler that only answers messages needs ``WebSocketHandler/received(_:isText:from:)`` alone.
extension WebSocketHandler {
    package func refusal(of head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse? { nil }
    package func opened(_ socket: SocketID, over transport: Transport, _ head: borrowing RequestHead) {}
    package func drained(_ socket: SocketID) {}
    package func closed(_ socket: SocketID, _ reason: DisconnectReason) {}
}

/// How an open connection gets its messages: a closed set, with the names that metrics use.
package enum Transport: String, Sendable, CaseIterable {
    case webSocket = "websocket"
    /// Server-sent events.
    case eventStream = "sse"
}
