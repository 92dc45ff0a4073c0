internal import Presence
internal import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

/// The endpoints of those who operate the server, for the admin token.
extension ConnectionTracker {
    /// nil when the request carries the admin token.
    nonisolated func refusal(ofAdmin head: borrowing RequestHead) -> HTTPResponse? {
        guard let token = desk.adminToken else { return .error(503, "no admin token is configured") }
        guard let authorization = head.header(.authorization) else { return .unauthorized }
        return token.matches(StatsToken.bearer(authorization[...]) ?? authorization[...]) ? nil : .unauthorized
    }

    /// The last hour and day, for who may see statistics by a token. Nothing, and no error, for who shows none: the dashboard asks
    /// everybody's browser.
    nonisolated func history(_ head: borrowing RequestHead) -> HTTPResponse {
        guard let authorization = head.header(.authorization) else { return HTTPResponse(status: 204) }
        let isAdmin = desk.adminToken?.matches(StatsToken.bearer(authorization[...]) ?? authorization[...]) ?? false
        guard isAdmin || desk.isStatsToken(authorization) else { return .unauthorized }
        let (hour, day) = shared.history.histories
        let body = VersionHistoryEncoder.encode(
            release: shared.release, nowMilliseconds: MonotonicTime.wallClockMilliseconds, spans: [("hour", hour), ("day", day)])
        return .json(200, body)
    }

    func announce(_ fields: JSONValue) -> HTTPResponse {
        guard let version = fields["version"]?.text.flatMap({ CleanText.version($0) }) else {
            return .error(400, "the version is missing")
        }
        let sockets = shared.openConnections.load(ordering: .relaxed)
        shared.announce(version)
        return .json(200, "{\"ok\":true,\"sockets\":\(sockets)}")
    }

    /// Takes authorizations back on every loop. The answer does not wait for the others: they are cut before anything else is sent.
    func revoke(_ fields: JSONValue) -> HTTPResponse {
        if fields["all"] == .boolean(true) {
            shared.onEveryLoop { $0.revokeAll() }
            return .ok(true, [])
        }
        guard let id = fields["connectionId"]?.text.flatMap({ ConnectionID($0) }) else {
            return .error(400, "a connectionId, or all: true, is needed")
        }
        shared.onEveryLoop { _ = $0.revoke(id) }
        return .ok(true, [])
    }
}
