/// Who is told what happens on a loop. All calls come on the loop's thread; an actor that lives on that loop enters itself with
/// `assumeIsolated`, once per call.
///
/// A call may send, close and respond on any socket of the loop. Bytes and heads are lent for the length of the call.
public protocol SocketHandler: AnyObject {
    /// A well-formed WebSocket handshake wants in. The answer is nil to accept it, or the response that refuses it.
    func refusal(of head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse?

    /// The handshake is done and messages can be sent. Called once for every WebSocket, before anything else about it.
    func opened(_ socket: SocketID, _ head: borrowing RequestHead)

    /// A whole message. Text is valid UTF-8.
    func received(_ message: UnsafeRawBufferPointer, isText: Bool, from socket: SocketID)

    /// All bytes that waited for this socket are with the kernel: it can take the newest state now.
    func drained(_ socket: SocketID)

    /// A WebSocket is gone, or has begun to close. Called once for every opened socket that the handler did not close itself.
    func closed(_ socket: SocketID, _ reason: DisconnectReason)

    /// A plain HTTP request without a body, or one whose body the server will not read.
    func response(to head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse

    /// Something an operator should know.
    func log(_ notice: LoopNotice)

    /// A tenth of a second has passed.
    func ticked()

    /// A connection was turned away before a byte of it was read.
    func refused(_ refusal: ConnectionRefusal)
}

extension SocketHandler {
    public func ticked() {}
}

/// What the loop has to tell an operator: a closed set.
public enum LoopNotice: Sendable, Equatable {
    /// File descriptors ran out; connections are shed until some are free. Said once per shortage.
    case outOfDescriptors
    /// libwebsockets' own words, a warning or an error; printable, one line, at most 200 characters.
    case library(String)
    /// So many further lines of libwebsockets were not passed on, because more than ten came within ten seconds.
    case libraryLinesLeftOut(Int)
}

/// Why a connection was turned away before a byte of it was read.
public enum ConnectionRefusal: Sendable, Equatable {
    /// The limit of connections is reached: answered with 503.
    case connectionLimit
    /// No file descriptor was left: hung up on.
    case outOfDescriptors
}
