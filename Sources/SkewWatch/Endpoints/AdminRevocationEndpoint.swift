internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// Takes authorizations back on every loop. The answer does not wait for the others: they are cut before anything else is sent.
    static let adminRevocation = Endpoint(.post, "/admin/revoke", .writing, fields: ["connectionId", "all"]) { tracker, _, fields in
        if fields["all"] == .boolean(true) {
            tracker.shared.onEveryLoop { $0.revokeAll() }
            return .ok(true)
        }
        guard let id = fields["connectionId"]?.text.flatMap({ ConnectionID($0) }) else {
            return .error(400, "a connectionId, or all: true, is needed")
        }
        tracker.shared.onEveryLoop { _ = $0.revoke(id) }
        return .ok(true)
    }
}
