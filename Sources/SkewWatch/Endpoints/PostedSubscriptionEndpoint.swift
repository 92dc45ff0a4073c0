internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// A tab that has a stream asks for statistics. The decision comes on the stream.
    static let postedSubscription = Endpoint(.post, "/subscribe-stats", .ownPages) { tracker, request, fields in
        guard let id = fields["connectionId"]?.text else { return .error(400, "the connectionId is missing") }
        guard let mode = StatisticsMode(rawValue: fields["mode"]?.text ?? "snapshot") else {
            return .error(400, "the mode is none of snapshot, delta and summary")
        }
        let (token, head) = (fields["token"]?.text, request.credentials)
        tracker.act(forStream: id) { $0.postedSubscription(token: token, mode: mode, head, of: $1) }
        return .ok(true)
    }
}

extension ConnectionTracker {
    /// - Parameter head: a stream's own request could carry no header of the page's choice, so what the POST carries counts.
    fileprivate func postedSubscription(token: String?, mode: StatisticsMode, _ head: HandshakeHead?, of socket: SocketID) {
        guard loop?.takeMessage(of: socket) == true else { return }
        count(.subscribeStats)
        subscribe(socket, token: token, mode: mode, head: head)
    }
}
