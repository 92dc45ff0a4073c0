internal import Logging
internal import SkewCluster
internal import SkewProtocol
internal import WebSocketLoop

/// What becomes of each HTTP request. The loop calls on its own thread; each call enters the actor once.
extension ConnectionTracker: RequestHandler {
    /// The longest body of a POST in bytes: what a message may say, a body may.
    nonisolated var maxBodyBytes: Int { settings.loop.maxMessageBytes }

    nonisolated func refusal(of head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse? {
        enter((Request(head, settings), socket)) { tracker, event in tracker.refusal(ofHandshake: event.0, event.1) }
    }

    nonisolated func outcome(of head: borrowing RequestHead, from socket: SocketID) -> RequestOutcome {
        enter((Request(head, settings), socket)) { tracker, event in tracker.outcome(of: event.0, event.1) }
    }

    nonisolated func outcome(ofBody body: [UInt8], from socket: SocketID) -> RequestOutcome {
        enter((body, socket)) { tracker, event in
            tracker.response(toBody: event.0, event.1).map { .respond($0) } ?? .later
        }
    }

    nonisolated func requestEnded(_ socket: SocketID) {
        enter(socket) { tracker, socket in tracker.forgetRequest(of: socket) }
    }

    /// Answers a request that had to wait. Nobody hears it where the request is gone.
    func respond(_ response: HTTPResponse, to socket: SocketID) {
        guard let entry = takeAnswer(to: socket) else { return }
        loop?.respond(to: socket, with: finished(response, to: entry))
    }

    /// Sends a blank to a request that has to wait long.
    /// - Returns: whether somebody waits still.
    func keepWaiting(_ socket: SocketID) -> Bool {
        guard let page = waitingPage(of: socket) else { return false }
        let headers = HTTPResponse.json(200, []).headers
        loop?.keepWaiting(socket, headers: headers + page.headers)
        return true
    }

    /// Whether a request still waits for its answer.
    func isWaiting(_ socket: SocketID) -> Bool { waitingPage(of: socket) != nil }

    // MARK: The recipe

    /// A handshake is a request for the WebSocket's endpoint, which lets it in unless it is refused.
    private func refusal(ofHandshake request: Request, _ socket: SocketID) -> HTTPResponse? {
        switch routing(of: request, page(of: request, socket), socket) {
        case .endpoint(let endpoint, _) where endpoint.path == Endpoint.webSocket.path: nil
        case .refused(let refusal, _): refused(refusal, request)
        default: refused(.nothingHere, request)
        }
    }

    private func outcome(of request: Request, _ socket: SocketID) -> RequestOutcome {
        let page = page(of: request, socket)
        switch routing(of: request, page, socket) {
        case .endpoint(let endpoint, let reader):
            var request = request
            request.reader = reader
            return outcome(at: .init(socket: socket, endpoint: endpoint, request: request, page: page))
        case .undecided(let endpoint):
            decideLater(.init(socket: socket, endpoint: endpoint, request: request, page: page))
            return .later
        case .asset(let asset):
            return .respond(
                asset.response(known: request.knownTag, encodings: request.acceptedEncodings, frameAncestors: settings.frameAncestors))
        case .options(let allow):
            return .respond(.options(allow: allow, page, asked: request.askedHeaders).with(page.headers))
        case .redirect(let path): return .respond(.redirect(to: path))
        case .refused(let refusal, let endpoint):
            guard let endpoint else { return .respond(refused(refusal, request).with(page.headers)) }
            return .respond(
                finished(refused(refusal, request), to: .init(socket: socket, endpoint: endpoint, request: request, page: page)))
        }
    }

    private func outcome(at entry: PendingRequests.Entry) -> RequestOutcome {
        switch entry.endpoint.handler {
        case .takeJSON, .takeJSONLater:
            awaitBody(of: entry)
            return .readBody(limit: maxBodyBytes)
        case .answer(let answer):
            switch answer(self, entry.request, entry.socket) {
            case .respond(let response): return .respond(finished(response, to: entry))
            case .stream(let headers, let prelude): return .stream(headers: headers + entry.page.headers, prelude: prelude)
            case .later:
                awaitAnswer(to: entry)
                return .later
            case .readBody: preconditionFailure("an endpoint that takes a body must say so in the table")
            }
        }
    }

    /// Asks the authorizers, and goes on when they have decided.
    private func decideLater(_ entry: PendingRequests.Entry) {
        awaitAnswer(to: entry)
        desk.decideAccess(access(of: entry.request, entry.socket), now: MonotonicTime.now) { [thread] decision in
            thread.perform { self.assumeIsolated { $0.decided(decision, on: entry.socket) } }
        }
    }

    private func decided(_ decision: AccessDecision, on socket: SocketID) {
        // The request may be gone by now.
        guard var entry = takeAnswer(to: socket) else { return }
        guard case .granted(let reader) = decision else {
            let refusal = Refusal(decision, at: entry.endpoint)
            loop?.respond(to: socket, with: finished(refused(refusal, entry.request), to: entry))
            return
        }
        entry.request.reader = reader
        guard case .respond(let response) = outcome(at: entry) else { return }
        loop?.respond(to: socket, with: response)
    }

    /// - Returns: nil where the answer comes later.
    private func response(toBody body: [UInt8], _ socket: SocketID) -> HTTPResponse? {
        guard let entry = takeBody(of: socket) else { return .error(400, "there is no request") }
        let fields: JSONValue
        switch PostedFields.read(body, allowed: entry.endpoint.fields) {
        case .success(let read): fields = read
        case .failure(let error): return finished(error.response, to: entry)
        }
        switch entry.endpoint.handler {
        case .takeJSON(let take): return finished(take(self, entry.request, fields), to: entry)
        case .takeJSONLater(let take):
            if let response = take(self, entry.request, fields, socket) { return finished(response, to: entry) }
            awaitAnswer(to: entry)
            return nil
        case .answer: return .error(400, "there is no request")
        }
    }

    /// One line for each request of an operator's endpoint, right or wrong.
    private func finished(_ response: HTTPResponse, to entry: PendingRequests.Entry) -> HTTPResponse {
        if entry.endpoint.isOperators {
            count(.init(path: entry.endpoint.path, result: .init(status: response.status)))
            let address = settings.ipTracking ? address(of: entry.socket, entry.request.proxied?.source)?.description : nil
            desk.audit.request(
                "\(entry.request.method?.rawValue ?? "?") \(entry.endpoint.path)", status: response.status, by: entry.request.reader?.name,
                from: address, now: MonotonicTime.now)
        }
        return response.with(entry.page.headers)
    }

    // MARK: Who asks

    private func routing(of request: Request, _ page: CrossOrigin, _ socket: SocketID) -> Routing {
        Routing.of(
            request, basePath: settings.basePath, servesOperators: settings.servesOperators, page: page,
            isAddressUsedUp: isAddressUsedUp(by: request, socket),
            access: { desk.decideAccessAtOnce($0, access(of: request, socket), now: MonotonicTime.now) })
    }

    /// Where the page behind a request comes from. A proxy's word counts where the peer is one that is trusted.
    private func page(of request: Request, _ socket: SocketID) -> CrossOrigin {
        var facts = request.page
        guard facts.originCount > 0 else { return settings.origins.crossOrigin(facts) }
        if settings.loop.tls != nil { facts.isTLS = true }
        if let target = request.proxied?.target, let peer = peer(of: socket),
            settings.trustedProxies.contains(peer)
        {
            facts.host = target.host ?? facts.host
            facts.port = target.port
            facts.isTLS = target.isTLS ?? facts.isTLS
        }
        return settings.origins.crossOrigin(facts)
    }

    private func isAddressUsedUp(by request: Request, _ socket: SocketID) -> Bool {
        // Others were counted when they were accepted.
        guard let forwarded = request.proxied?.source, let client = proxiedClient(of: socket, forwarded) else { return false }
        return shared.addresses.isUsedUp(by: client.peer)
    }

    /// What a request for an operator's endpoint shows for itself.
    private func access(of request: Request, _ socket: SocketID) -> AccessRequest {
        let address = address(of: socket, request.proxied?.source)
        return AccessRequest(
            token: request.token, head: request.credentials ?? .empty, address: address.map { AddressHash($0) },
            shownAddress: settings.ipTracking ? address?.description : nil)
    }

    // MARK: Streams

    /// Acts for a stream, on whichever loop and node it is; for none where the handle is not one's. Nobody is told whether there is one.
    func act(_ post: StreamPost) {
        guard let handle = StreamHandle(post.handle) else { return }
        if let stream = shared.streams.find(handle) {
            if stream.tracker == index { return carryOut(post, of: stream.socket) }
            return shared.carryOut(post)
        }
        guard let node = handle.node, let cluster = shared.cluster, node != cluster.instance.mark else { return }
        cluster.inbox.note(post.encoded, to: node)
    }

    /// Does what a POST asks for a stream of this loop.
    func carryOut(_ post: StreamPost, of socket: SocketID) {
        guard loop?.takeMessage(of: socket) == true else { return }
        switch post.order {
        case .tabs(let tabs): postedTabs(tabs, of: socket)
        case .route(let route):
            count(.routeUpdate)
            move(socket, to: route)
        case .subscription(let token, let mode, let head):
            count(.subscribeStats)
            // A stream's own request could carry no header of the page's choice, so what the POST carries counts.
            subscribe(socket, token: token, mode: mode, head: head)
        }
    }
}
