internal import Presence
internal import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

/// The endpoints of those who operate the server, for the admin token.
extension ConnectionTracker {
    /// nil when the request carries a token that is good for it.
    nonisolated func refusal(of head: borrowing RequestHead, _ need: AccessNeed, _ socket: SocketID) -> HTTPResponse? {
        let authorization = head.header(.authorization)
        var request = AccessRequest(head: .empty)
        request.token = authorization.map { Array(AccessTokens.bearer($0[...]) ?? $0[...]) }
        let forwarded = settings.asksProxies ? ForwardedHeaders(head) : nil
        request.address = assumeIsolated { $0.address(of: socket, forwarded) }.map { AddressHash($0) }
        switch desk.decideAccessAtOnce(need, request, now: MonotonicTime.now) {
        case .granted: return nil
        case .noneConfigured: return .error(503, "no admin token is configured")
        case .tooManyWrong(let wait):
            let seconds = max(1, wait.components.seconds + 1)
            return .error(429, "too many wrong tokens came from this address", headers: [("Retry-After", "\(seconds)")])
        case .missing, .wrong, .undecided, nil: return .unauthorized
        }
    }

    /// The last hour and day, for who may see statistics by a token. Nothing, and no error, for who shows none: the dashboard asks
    /// everybody's browser.
    nonisolated func history(_ head: borrowing RequestHead, _ socket: SocketID) -> HTTPResponse {
        guard head.header(.authorization) != nil else { return HTTPResponse(status: 204) }
        if let refusal = refusal(of: head, .reading, socket) { return refusal }
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
