/// Who decides what becomes of plain HTTP requests. All calls come on the loop's thread, as those of ``WebSocketHandler``.
package protocol RequestHandler: AnyObject {
    /// A request has come: what is to become of it.
    func outcome(of head: borrowing RequestHead, from socket: SocketID) -> RequestOutcome

    /// The body that an outcome asked for is complete. Never called where none asks for one.
    func outcome(ofBody body: [UInt8], from socket: SocketID) -> RequestOutcome

    /// A request is over, answered or not, and did not become a stream. What is kept of it can be forgotten.
    func requestEnded(_ socket: SocketID)
}

extension RequestHandler {
    package func outcome(ofBody body: [UInt8], from socket: SocketID) -> RequestOutcome {
        preconditionFailure("a handler that asks for bodies must take them")
    }

    package func requestEnded(_ socket: SocketID) {}
}

/// What becomes of an HTTP request: a closed set.
package enum RequestOutcome: Sendable {
    /// It is answered now.
    case respond(HTTPResponse)
    /// Its body, of at most so many bytes, is read first. Only for the head of a request.
    case readBody(limit: Int)
    /// It becomes a stream of events that never ends by itself, with these bytes in front of the first event. The loop's
    /// ``WebSocketHandler`` is told when it is open. Only for the head of a request.
    case stream(headers: [(name: String, value: String)], prelude: [UInt8])
    /// It is answered later with ``WebSocketLoop/respond(to:with:)``.
    case later
}
