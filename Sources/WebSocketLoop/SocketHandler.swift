/// Who is told what happens on a loop. All calls come on the loop's thread; an actor that lives on that loop enters itself with
/// `assumeIsolated`, once per call.
///
/// A call may send, close and respond on any socket of the loop. Bytes and heads are lent for the length of the call.
package protocol SocketHandler: AnyObject {
    /// A well-formed WebSocket handshake wants in. The answer is nil to accept it, or the response that refuses it.
    func refusal(of head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse?

    /// The handshake is done and messages can be sent. Called once for every WebSocket, before anything else about it.
    func opened(_ socket: SocketID, _ head: borrowing RequestHead)

    /// A whole message. Text is valid UTF-8.
    func received(_ message: UnsafeRawBufferPointer, isText: Bool, from socket: SocketID)

    /// All bytes that waited for this socket are with the kernel: it can take the newest state now.
    func drained(_ socket: SocketID)

    /// A WebSocket or stream is gone, or has begun to close. Called once for each that was opened and that the handler did not
    /// close itself.
    func closed(_ socket: SocketID, _ reason: DisconnectReason)

    /// A plain HTTP request: what is to become of it.
    func verdict(on head: borrowing RequestHead, of socket: SocketID) -> RequestVerdict

    /// The body that a verdict asked for is complete.
    func verdict(onBody body: [UInt8], of socket: SocketID) -> RequestVerdict

    /// The stream is open: its head is with the kernel and events can be sent.
    func streamOpened(_ socket: SocketID)

    /// A stream was silent for the keepalive interval.
    func keepaliveDue(_ socket: SocketID)

    /// An HTTP connection is gone whose request was not answered yet, or that will bring no further request.
    func requestEnded(_ socket: SocketID)

    /// Something an operator should know.
    func log(_ notice: LoopNotice)

    /// A tenth of a second has passed.
    func ticked()

    /// A connection was turned away before a byte of it was read.
    func refused(_ refusal: ConnectionRefusal)
}

extension SocketHandler {
    package func ticked() {}
}

/// What becomes of an HTTP request: a closed set.
package enum RequestVerdict: Sendable {
    /// It is answered now.
    case respond(HTTPResponse)
    /// Its body, of at most so many bytes, is read first. Only for the head of a request.
    case readBody(limit: Int)
    /// It becomes a stream of events that never ends by itself, with these bytes in front of the first event.
    case stream(headers: [(name: String, value: String)], prelude: [UInt8])
    /// It is answered later with ``WebSocketLoop/respond(to:with:)``.
    case later
}

/// What the loop has to tell an operator: a closed set.
package enum LoopNotice: Sendable, Equatable {
    /// File descriptors ran out; connections are shed until some are free. Said once per shortage.
    case outOfDescriptors
    /// libwebsockets' own words, a warning or an error; printable, one line, at most 200 characters.
    case library(String)
    /// So many further lines of libwebsockets were not passed on, because more than ten came within ten seconds.
    case libraryLinesLeftOut(Int)
}

/// Why a connection was turned away before a byte of it was read.
package enum ConnectionRefusal: Sendable, Equatable {
    /// The limit of connections is reached: answered with 503.
    case connectionLimit
    /// No file descriptor was left: hung up on.
    case outOfDescriptors
}
