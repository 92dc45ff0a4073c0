internal import Cryptography
internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Who may watch, and for how long: carries out what ``SubscriptionRequests`` says.
extension ConnectionTracker {
    // MARK: Events

    /// A client asks for statistics.
    /// - Parameter head: the credentials, where they came with a request of their own and not with the handshake.
    func subscribe(_ socket: SocketID, token: String?, mode: StatisticsMode, head: HandshakeHead? = nil) {
        guard let connection = connections[socket.index] else { return }
        var request = SubscriptionRequest(
            purpose: .subscription, socket: socket, connection: connection.id, mode: mode,
            credentials: Credentials(head: head ?? .empty, token: token))
        if head == nil {
            switch keptHead(of: socket) {
            case .head(let kept): request.credentials.head = kept
            case .tooLarge: request.isCut = token == nil
            case .nothing: break
            }
        }
        authorize { requests, _, epoch in requests.asked(request, epoch: epoch) }
    }

    /// The authorizers have decided; late, perhaps.
    func decided(_ request: SubscriptionRequest, _ decision: Decision) {
        authorize { requests, now, epoch in requests.decided(request, decision, now: now, epoch: epoch) }
    }

    /// The client wants no more statistics.
    func withdraw(_ socket: SocketID) {
        authorize { requests, _, _ in
            requests.withdrawn(socket.index)
            return []
        }
        unsubscribe(socket.index)
    }

    /// Takes back what lets a connection watch, at once. It may ask again, and is decided anew; a JWT that let it in does not any more.
    /// - Returns: whether the connection is on this loop.
    func revoke(_ id: ConnectionID) -> Bool {
        guard let index = connections.firstIndex(where: { $0?.id == id }) else { return false }
        desk.forgetVerdicts()
        authorize { requests, _, _ in requests.revoke(index) }
        return true
    }

    /// Takes back what lets anybody of this loop watch, at once, as for one.
    func revokeAll() {
        desk.forgetVerdicts()
        authorize { requests, _, _ in requests.revokeAll() }
    }

    /// Has everybody who watches on this loop decided anew: the secrets are others now.
    func recheckAuthorizations() {
        authorize { requests, _, epoch in requests.recheck(epoch: epoch) }
    }

    // MARK: Actions

    func carryOut(_ action: SubscriptionRequests.Action) {
        let now = MonotonicTime.now
        switch action {
        case .submit(let request):
            submit(request, now)
        case .admit(let request, let grant, let isNews):
            if request.purpose == .subscription { count(.granted) }
            takeTag(of: grant, for: request)
            if isNews { desk.audit.granted(grant, to: subject(request), now: now) }
            subscribe(request.socket, to: SubscriptionKind(mode: request.mode, scope: grant.scope))
        case .deny(let request, let reason):
            count(.denied)
            desk.audit.denied(subject(request), reason: reason, now: now)
            deny(request.socket)
        case .renew: break
        case .end(let request, let grant, let reason):
            if reason == .revoked {
                desk.revoke(grant, now: now)
                tellOtherNodes(of: grant, now)
            }
            desk.audit.ended(reason, grant, of: subject(request), now: now)
            deny(request.socket)
        }
    }

    /// Ends what a connection was shown, if anything, and tells it so.
    private func deny(_ socket: SocketID) {
        unsubscribe(socket.index)
        loop?.send(ServerMessage.statsUnauthorized.encoded, to: socket)
    }

    /// Whoever shows this token again may come to another node.
    private func tellOtherNodes(of grant: Grant, _ now: Duration) {
        guard let cluster = shared.cluster, let token = grant.token, let expires = grant.expires, expires > now else { return }
        cluster.inbox.revoke(RevocationTarget.token(token.hexadecimal, seconds: Int((expires - now) / .seconds(1)) + 1).text)
    }

    private func submit(_ request: SubscriptionRequest, _ now: Duration) {
        guard let connection = connections[request.socket.index] else { return }
        guard settings.connectionTracking else { return decided(request, .denied("connections are not tracked")) }
        guard !request.isCut else { return decided(request, .denied("its handshake showed more than \(KeptHeads.maxBytes) bytes")) }
        let (socket, isRenewal) = (request.socket, request.purpose == .renewal)
        if let decision = desk.decideAtOnce(
            request.credentials, isRenewal: isRenewal, address: { self.addressHash(of: socket) }, now: now)
        {
            return decided(request, decision)
        }
        let question = StatsRequest(connection: info(of: connection), credentials: request.credentials)
        let thread = thread
        desk.submit(
            PendingDecision(
                request: question, asker: question.connection.id, address: addressHash(of: socket), standing: request.standing,
                reply: { decision in
                    thread.perform { self.assumeIsolated { $0.decided(request, decision) } }
                }), now: now)
    }

    /// What wrong tokens count for, and whose line a request waits in: the client's address, which behind a proxy only its headers
    /// told.
    private func addressHash(of socket: SocketID) -> AddressHash? {
        if let known = proxiedAddress(of: socket) { return known }
        return peer(of: socket).map { AddressHash($0) }
    }

    private func subject(_ request: SubscriptionRequest) -> AuditLog.Subject {
        let address = settings.ipTracking ? connections[request.socket.index].flatMap { info(of: $0).address } : nil
        return AuditLog.Subject(connection: request.connection, address: address)
    }
}
