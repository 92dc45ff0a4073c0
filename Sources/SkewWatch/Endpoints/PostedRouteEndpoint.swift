internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// A tab that has a stream shows another route. The answer does not depend on whether there is such a stream: ids can't be guessed
    /// out.
    static let postedRoute = Endpoint(.post, "/route", .ownPages) { tracker, _, fields in
        guard let id = fields["connectionId"]?.text, let route = fields["route"]?.text,
            let name = tracker.settings.routes.name(of: route)
        else { return .ok(false) }
        tracker.act(StreamPost(handle: id, .route(name)))
        return .ok(true)
    }
}
