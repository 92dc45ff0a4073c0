/// A request that the loop refuses by itself, before a handler sees it.
package struct RequestFault: Error, Sendable, Equatable {
    /// The status of the answer.
    package var status: Int
    /// One sentence without a full stop. It is ours: nothing of it comes from the peer.
    package var sentence: String
    /// Headers that belong to the status, in the order they are sent.
    package var headers: [(name: String, value: String)]

    package init(_ status: Int, _ sentence: String, headers: [(name: String, value: String)] = []) {
        (self.status, self.sentence, self.headers) = (status, sentence, headers)
    }

    package static func == (a: RequestFault, b: RequestFault) -> Bool {
        a.status == b.status && a.sentence == b.sentence && a.headers.elementsEqual(b.headers, by: ==)
    }
}

extension RequestFault {
    /// There is no handler for this kind of request.
    static let nothingHere = RequestFault(404, "there is nothing here")
    /// It wants another version of the WebSocket protocol.
    static let wrongVersion = RequestFault(
        426, "this server speaks version 13 of the WebSocket protocol",
        headers: [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")])
    static let headerTooLarge = RequestFault(431, "the header is too large")
    static let bodyTooLarge = RequestFault(413, "the body is too large")
    static let controlCharacter = RequestFault(400, "a header holds a control character")
    static let doubtfulLength = RequestFault(400, "the Content-Length is not one number")
    static let hostNeeded = RequestFault(400, "exactly one Host header is needed")
}
