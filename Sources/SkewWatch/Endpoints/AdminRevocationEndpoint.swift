internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// Takes authorizations back on every loop of every node. The answer does not wait for the others: they are cut before anything else is sent.
    static let adminRevocation = Endpoint(.post, "/admin/revoke", .writing, fields: ["connectionId", "all"]) { tracker, _, fields in
        if fields["all"] == .boolean(true) {
            tracker.shared.revoke(.all, tracker.desk)
            return .ok(true)
        }
        guard let id = fields["connectionId"]?.text.flatMap({ ConnectionID($0) }) else {
            return .error(400, "a connectionId, or all: true, is needed")
        }
        tracker.shared.revoke(.connection(id), tracker.desk)
        return .ok(true)
    }
}
