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
        tracker.act(StreamPost(handle: id, .subscription(token: token, mode: mode, head: head)))
        return .ok(true)
    }
}
