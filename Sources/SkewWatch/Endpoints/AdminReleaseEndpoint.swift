internal import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

extension Endpoint {
    /// A release is out: every open tab is told.
    static let adminRelease = Endpoint(.post, "/admin/release", .writing, fields: ["version"]) { tracker, request, fields in
        guard let version = fields["version"]?.text.flatMap({ CleanText.version($0) }) else {
            return .error(400, "the version is missing")
        }
        let sockets = tracker.shared.openConnections.load(ordering: .relaxed)
        tracker.shared.announce(version, by: request.reader?.name)
        return .json(200, "{\"ok\":true,\"sockets\":\(sockets)}")
    }
}
