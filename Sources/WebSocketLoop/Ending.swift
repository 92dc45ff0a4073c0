/// Where a connection is in its life, and how it ends. A pure rule: what it answers the loop carries out.
///
/// Every way to end a connection is an event here, so that each can be met in every phase, and each has one answer.
struct Ending: Equatable {
    enum Phase: Equatable {
        /// Accepted; TLS, the request or its answer is under way.
        case handshake
        /// A plain HTTP request was read on it.
        case request
        /// An open stream of events.
        case stream
        /// An open WebSocket.
        case webSocket
        /// This side closes a WebSocket: the code goes out when the peer can take it.
        case closing(CloseCode)
        /// Close frames are under way or exchanged: the end of TCP is all that is missing.
        case closed
        /// The peer broke a rule of RFC 6455. libwebsockets sends the close frame; there is no answer to wait for, since what this peer
        /// sends can't be trusted to be one (section 7.1.7).
        case failed
        /// It is to be hung up on, or is gone.
        case ended
    }

    enum Event: Equatable {
        /// The handler closes the connection.
        case handlerCloses(CloseCode)
        /// The loop gives the peer up.
        case givenUp(DisconnectReason)
        /// The peer broke a rule; found while libwebsockets reports it, in a callback that can still say what becomes of the connection.
        case ruleBroken(DisconnectReason)
        /// A good close frame came; libwebsockets answers it.
        case peerCloses
        /// The peer can take bytes.
        case writable
        /// Its time ran out: for the answer to its request or handshake, or to a close frame.
        case overdue
        /// The answer to its request is written.
        case answered
        /// TCP ended, or can't be trusted any more.
        case lost
        /// The loop stops, and everybody who should hear of it has.
        case abandoned
    }

    /// What the loop has to do, after telling the handler.
    enum Action: Equatable {
        case nothing
        /// Come back with ``Event/writable``, or with ``Event/overdue`` if that takes too long.
        case awaitWritable
        /// Send a close frame with this code, and wait for the peer's.
        case sendClose(CloseCode)
        /// Send a close frame with this code, if there is one, and end TCP behind it. Only for the callback that brought the event.
        case fail(CloseCode?)
        /// End the connection without a word.
        case hangUp
    }

    /// Whom the loop has to tell, before the action.
    enum Notice: Equatable {
        case nobody
        /// The handler of WebSockets and streams: this one is gone for it.
        case connectionClosed(DisconnectReason)
        /// The handler of requests: this one is over.
        case requestEnded
    }

    private(set) var phase = Phase.handshake

    /// Whether messages can be sent and received.
    var isOpen: Bool { phase == .webSocket || phase == .stream }

    /// Notes that the connection has become something else than a handshake or a request.
    mutating func become(_ next: Phase) { phase = next }

    mutating func take(_ event: Event) -> (notice: Notice, action: Action) {
        switch (phase, event) {
        case (_, .abandoned):
            phase = .ended
            return (.nobody, .nothing)
        case (.webSocket, .handlerCloses(let code)):
            phase = .closing(code)
            return (.nobody, .awaitWritable)
        case (.stream, .handlerCloses):
            phase = .ended
            return (.nobody, .hangUp)
        case (.webSocket, .givenUp(let reason)):
            guard let code = reason.code else { return end(.hangUp, telling: reason) }
            phase = .closing(code)
            return (.connectionClosed(reason), .awaitWritable)
        case (.webSocket, .ruleBroken(let reason)):
            phase = .failed
            return (.connectionClosed(reason), .fail(reason.code))
        case (.closing, .ruleBroken(let reason)), (.closed, .ruleBroken(let reason)), (.failed, .ruleBroken(let reason)):
            phase = .failed
            return (.nobody, .fail(reason.code))
        case (.webSocket, .peerCloses):
            phase = .closed
            return (.connectionClosed(.closedByPeer), .nothing)
        case (.closing, .peerCloses):
            phase = .closed
            return (.nobody, .nothing)
        case (.stream, .givenUp(let reason)), (.stream, .ruleBroken(let reason)):
            return end(.hangUp, telling: reason)
        case (.webSocket, .lost), (.stream, .lost):
            return end(.nothing, telling: .connectionLost)
        case (.request, .lost):
            phase = .ended
            return (.requestEnded, .nothing)
        case (.closing(let code), .writable):
            phase = .closed
            return (.nobody, .sendClose(code))
        case (.failed, .writable):
            return (.nobody, .hangUp)
        case (.handshake, .overdue), (.request, .overdue), (.request, .answered), (.closing, .overdue), (.closed, .overdue),
            (.failed, .overdue):
            return (.nobody, .hangUp)
        default:
            return (.nobody, .nothing)
        }
    }

    private mutating func end(_ action: Action, telling reason: DisconnectReason) -> (Notice, Action) {
        phase = .ended
        return (.connectionClosed(reason), action)
    }
}
