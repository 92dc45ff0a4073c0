internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// A tab that has a stream shows another route. The answer does not depend on whether there is such a stream: ids can't be guessed
    /// out.
    static let postedRoute = Endpoint(.post, "/route", .ownPages) { tracker, _, fields in
        guard let id = fields["connectionId"]?.text, let route = fields["route"]?.text,
            let name = tracker.settings.routes.name(of: route)
        else { return .ok(false) }
        tracker.act(forStream: id) { $0.postedRoute(name, of: $1) }
        return .ok(true)
    }
}

extension ConnectionTracker {
    /// Acts for a stream, on whichever loop it is; for none where the handle is not one's.
    func act(forStream handle: String, _ work: @escaping @Sendable (isolated ConnectionTracker, SocketID) -> Void) {
        guard let stream = StreamHandle(handle).flatMap({ shared.streams.find($0) }) else { return }
        if stream.tracker == index { return work(self, stream.socket) }
        guard let other = shared.tracker(stream.tracker) else { return }
        other.thread.perform { other.assumeIsolated { work($0, stream.socket) } }
    }

    fileprivate func postedRoute(_ route: String, of socket: SocketID) {
        guard loop?.takeMessage(of: socket) == true else { return }
        count(.routeUpdate)
        move(socket, to: route)
    }
}
