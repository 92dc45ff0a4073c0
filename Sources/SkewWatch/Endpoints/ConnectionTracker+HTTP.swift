internal import Presence
internal import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

/// A POST whose body is on its way: what its head said.
struct PostContext: Sendable {
    var endpoint: Endpoint
    var origin: CrossOrigin
    /// As far as an authorizer may want to see it.
    var head: HandshakeHead?
}

/// The endpoints: what becomes of each request. Called on the loop's thread.
extension ConnectionTracker {
    /// The longest body of a POST in bytes: what a message may say, a body may.
    nonisolated var maxBodyBytes: Int { settings.loop.maxMessageBytes }

    nonisolated func refusal(of head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse? {
        guard Endpoint(path: head.path, basePath: settings.basePath) == .webSocket else { return rejected(.notFound, .notFound) }
        if crossOrigin(head, socket) == .refused { return rejected(.origin, .foreignOrigin) }
        return tooManyOfAddress(head, socket)
    }

    nonisolated func outcome(of head: borrowing RequestHead, from socket: SocketID) -> RequestOutcome {
        guard let endpoint = Endpoint(path: head.path, basePath: settings.basePath) else { return .respond(asset(head)) }
        let origin = crossOrigin(head, socket)
        if head.method == .options { return .respond(.preflight(endpoint, origin)) }
        guard let method = head.method, endpoint.methods.contains(method) else {
            return .respond(rejected(.method, .error(405, "this method is not for this endpoint", headers: [("Allow", endpoint.allow)])))
        }
        switch endpoint {
        case .webSocket:
            return .respond(
                .error(426, "this is a WebSocket endpoint", headers: [("Upgrade", "websocket"), ("Connection", "Upgrade")]))
        case .events:
            if origin == .refused { return .respond(rejected(.origin, .foreignOrigin)) }
            if let refusal = tooManyOfAddress(head, socket) { return .respond(refusal) }
            return stream(origin)
        case .route, .subscribeStats:
            if origin == .refused { return .respond(rejected(.origin, .foreignOrigin)) }
            guard head.hasJSONBody else { return .respond(.error(415, "the body must be application/json", headers: origin.headers)) }
            let context = PostContext(
                endpoint: endpoint, origin: origin, head: HandshakeHead(head, keeping: settings.keptHead))
            assumeIsolated { $0.posts[socket.place] = context }
            return .readBody(limit: maxBodyBytes)
        case .health:
            return .respond(assumeIsolated { $0.health.with(origin.headers) })
        case .adminStats:
            if let refusal = refusal(of: head, .reading, socket) { return .respond(refusal) }
            shared.inbox.requestAdminStatistics(.init(tracker: index, socket: socket))
            return .later
        case .adminHistory:
            return .respond(history(head, socket))
        case .adminRelease, .adminRevoke:
            if origin == .refused { return .respond(rejected(.origin, .foreignOrigin)) }
            if let refusal = refusal(of: head, .writing, socket) { return .respond(refusal) }
            guard head.hasJSONBody else { return .respond(.error(415, "the body must be application/json")) }
            let context = PostContext(endpoint: endpoint, origin: origin, head: nil)
            assumeIsolated { $0.posts[socket.place] = context }
            return .readBody(limit: maxBodyBytes)
        }
    }

    private nonisolated func asset(_ head: borrowing RequestHead) -> HTTPResponse {
        guard let asset = Asset.at(path: head.path, basePath: settings.basePath) else { return rejected(.notFound, .notFound) }
        guard head.method == .get || head.method == .head else {
            return rejected(.method, .error(405, "this method is not for this endpoint", headers: [("Allow", "GET, HEAD")]))
        }
        return asset.response(known: head.header(.ifNoneMatch))
    }

    nonisolated func outcome(ofBody body: [UInt8], from socket: SocketID) -> RequestOutcome {
        .respond(assumeIsolated { $0.post(body, socket) })
    }

    nonisolated func requestEnded(_ socket: SocketID) {
        assumeIsolated { $0.posts[socket.place] = nil }
    }

    // MARK: Refusing

    private nonisolated func rejected(_ reason: Counters.Rejection, _ response: HTTPResponse) -> HTTPResponse {
        assumeIsolated { $0.counters.rejected[reason, default: 0] += 1 }
        return response
    }

    private nonisolated func crossOrigin(_ head: borrowing RequestHead, _ socket: SocketID) -> CrossOrigin {
        guard head.count(.origin) > 0 else { return .none }
        let proxies = settings.trustedProxies
        let peer = proxies.isEmpty ? nil : assumeIsolated { $0.loop?.peerAddress(of: socket) }.flatMap { NetworkAddress($0) }
        let isTrusted = peer.map { peer in proxies.contains { $0.contains(peer) } } ?? false
        return settings.origins.judge(head, endsTLS: settings.loop.tls != nil, trustedPeer: isTrusted)
    }

    private nonisolated func tooManyOfAddress(_ head: borrowing RequestHead, _ socket: SocketID) -> HTTPResponse? {
        guard let budget = shared.addresses else { return nil }
        let forwarded = settings.asksProxies ? ForwardedHeaders(head) : nil
        guard let address = assumeIsolated({ $0.address(of: socket, forwarded) }), budget.isUsedUp(by: address) else { return nil }
        return rejected(
            .addressLimit, .error(429, "this address has too many connections", headers: [("Retry-After", "5")]))
    }

    // MARK: Answering

    private var health: HTTPResponse {
        let uptime = (MonotonicTime.now - shared.startedAt).components.seconds
        let report = HealthReport(isOK: !shared.isDraining, release: shared.release, uptime: uptime)
        return .json(report.isOK ? 200 : 503, report.encoded)
    }

    /// Answers a request that had to wait.
    func respond(_ response: HTTPResponse, to socket: SocketID) {
        loop?.respond(to: socket, with: response)
    }

    // MARK: POSTs

    /// Acts for a stream, on whichever loop it is. The answer does not depend on whether there is one: ids can't be guessed out.
    private func post(_ body: [UInt8], _ socket: SocketID) -> HTTPResponse {
        guard let context = posts.removeValue(forKey: socket.place) else { return .error(400, "there is no request") }
        let headers = context.origin.headers
        guard !body.isEmpty else { return .error(400, "the body is empty", headers: headers) }
        guard let fields = JSONValue(body.span), case .object = fields else {
            return .error(400, "the body is no JSON object", headers: headers)
        }
        if context.endpoint == .adminRelease { return announce(fields) }
        if context.endpoint == .adminRevoke { return revoke(fields) }
        let stream = fields["connectionId"]?.text.flatMap { StreamHandle($0) }.flatMap { shared.streams.find($0) }
        switch context.endpoint {
        case .route:
            guard fields["connectionId"]?.text != nil, let route = fields["route"]?.text else { return .ok(false, headers) }
            guard let clean = CleanText.route(route) else { return .ok(false, headers) }
            if let stream { perform(on: stream) { $0.postedRoute(clean, of: stream.socket) } }
        default:
            guard fields["connectionId"]?.text != nil else {
                return .error(400, "the connectionId is missing", headers: headers)
            }
            guard let mode = StatisticsMode(rawValue: fields["mode"]?.text ?? "snapshot") else {
                return .error(400, "the mode is none of snapshot, delta and summary", headers: headers)
            }
            let token = fields["token"]?.text
            if let stream { perform(on: stream) { $0.postedSubscription(context, token: token, mode: mode, of: stream.socket) } }
        }
        return .ok(true, headers)
    }

    private func perform(on stream: StreamDirectory.Entry, _ work: @escaping @Sendable (isolated ConnectionTracker) -> Void) {
        if stream.tracker == index { return work(self) }
        guard let other = shared.tracker(stream.tracker) else { return }
        other.thread.perform { other.assumeIsolated(work) }
    }

    private func postedRoute(_ route: String, of socket: SocketID) {
        guard loop?.takeMessage(of: socket) == true else { return }
        counters.messages[.routeUpdate, default: 0] += 1
        move(socket, to: route)
    }

    private func postedSubscription(_ context: PostContext, token: String?, mode: StatisticsMode, of socket: SocketID) {
        guard loop?.takeMessage(of: socket) == true else { return }
        counters.messages[.subscribeStats, default: 0] += 1
        // A stream's own request could carry no header of the page's choice: what the POST carries counts for it.
        subscribe(socket, token: token, mode: mode, head: context.head)
    }
}
