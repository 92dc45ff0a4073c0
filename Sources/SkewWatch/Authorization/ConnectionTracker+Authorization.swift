internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Who may watch, and for how long.
extension ConnectionTracker {
    // MARK: Asking

    /// A client asked for statistics. A repeated request is judged anew and answered again; while one is being judged, only the
    /// newest of those that follow is kept.
    /// - Parameter head: the credentials, where they came with a request of their own and not with the handshake.
    func subscribe(_ socket: SocketID, token: String?, mode: StatisticsMode, head: HandshakeHead? = nil) {
        guard let connection = connections[socket.place] else { return }
        let credentials = Credentials(head: head ?? heads[socket.place] ?? .empty, token: token)
        start(SubscriptionRequest(purpose: .subscription, socket: socket, connection: connection.id, mode: mode, credentials: credentials))
    }

    private func start(_ ask: SubscriptionRequest) {
        if asks[ask.socket.place] == nil { return judge(ask) }
        asks[ask.socket.place]?.next = ask
    }

    private func judge(_ ask: SubscriptionRequest) {
        guard let connection = connections[ask.socket.place], connection.id == ask.connection else { return }
        guard settings.connectionTracking else { return conclude(ask, .denied("connections are not tracked")) }
        let peer = { self.guesserAddress(of: ask.socket) }
        var ask = ask
        ask.epoch = desk.epoch
        if let verdict = desk.judgeAtOnce(ask.credentials, peer: peer, now: MonotonicTime.now) { return conclude(ask, verdict) }
        ask.serial = takeSerial()
        asks[ask.socket.place] = AskSlot(current: ask)
        let request = StatsRequest(connection: info(of: connection), credentials: ask.credentials)
        if desk.submit(.init(ask: ask, request: request, peer: ask.credentials.showsToken ? peer() : nil, tracker: self)) { return }
        asks[ask.socket.place] = nil
        conclude(ask, .undecided("too many wait to be judged"))
    }

    /// The verdict on a question; the socket may be gone by now, and the client may have changed its mind.
    func settle(_ ask: SubscriptionRequest, _ verdict: Decision) {
        guard let slot = asks[ask.socket.place], slot.current.serial == ask.serial else { return }
        asks[ask.socket.place] = nil
        if !slot.isVoid {
            let isOutdated = ask.epoch != desk.epoch
            if isOutdated, case .granted = verdict { judge(ask) } else { conclude(ask, verdict) }
        }
        if let next = slot.next { start(next) }
    }

    /// The address that wrong tokens count for; nil where only a proxy's is known, which many share.
    private func guesserAddress(of socket: SocketID) -> NetworkAddress? {
        if let known = addresses[socket.place] { return known }
        if let known = connections[socket.place]?.slot.flatMap({ roster.row(at: $0).address }) { return NetworkAddress(known) }
        guard let peer = loop?.peerAddress(of: socket).flatMap({ NetworkAddress($0) }) else { return nil }
        return settings.trustedProxies.contains { $0.contains(peer) } ? nil : peer
    }

    private func conclude(_ ask: SubscriptionRequest, _ verdict: Decision) {
        let place = ask.socket.place
        switch (verdict, ask.purpose) {
        case (.granted(let grant), .subscription):
            counters.authorizations[.granted, default: 0] += 1
            noteGrant(grant, to: ask)
            admit(ask, grant)
        case (.granted(let grant), .renewal):
            guard let subscriber = subscribers[place] else { return }
            guard subscriber.kind.scope == grant.scope else {
                noteGrant(grant, to: ask)
                return admit(ask, grant)
            }
            subscribers[place]?.grant = grant
            deadlines.set(place, due: grant.nextLook(from: MonotonicTime.now))
        case (.denied(let reason), .subscription), (.undecided(let reason), .subscription):
            counters.authorizations[.denied, default: 0] += 1
            desk.audit.denied(subject(ask.connection, at: place), reason: reason, now: MonotonicTime.now)
            deny(ask.socket)
        case (.denied, .renewal):
            end(place, .withdrawn)
        case (.undecided, .renewal):
            // An app that restarts must not cut its viewers: it is asked again until the old grant ends.
            guard let grant = subscribers[place]?.grant, grant.authorizer.isAskedAgain, let expires = grant.expires else {
                return end(place, .withdrawn)
            }
            deadlines.set(place, due: min(expires, MonotonicTime.now + .seconds(1)))
        }
    }

    /// The client wants no more statistics: what is being judged for it is void.
    func withdraw(_ socket: SocketID) {
        asks[socket.place]?.isVoid = true
        asks[socket.place]?.next = nil
        unsubscribe(socket.place)
    }

    // MARK: Ending

    /// Ends what is over and looks again at what may be renewed; called some times a second.
    func sweepAuthorizations(at now: Duration) {
        while let place = deadlines.popDue(at: now) {
            guard let subscriber = subscribers[place] else { continue }
            if let expires = subscriber.grant.expires, expires <= now { end(place, .expired) } else { renew(subscriber) }
        }
        if index == 0 { desk.audit.summarize(now: now) }
    }

    /// Asks again; until there is an answer, the old grant holds to its end.
    private func renew(_ subscriber: Subscriber) {
        let place = subscriber.id.socket.place
        deadlines.set(place, due: subscriber.grant.expires)
        // A question of the client's own is out and decides.
        guard asks[place] == nil else { return }
        judge(
            SubscriptionRequest(
                purpose: .renewal, socket: subscriber.id.socket, connection: subscriber.connection, mode: subscriber.kind.mode,
                credentials: subscriber.credentials))
    }

    /// Takes back what lets a connection watch, at once. It may ask again, and is judged anew; a JWT that let it in does not any more.
    /// - Returns: whether the connection is on this loop.
    func revoke(_ id: ConnectionID) -> Bool {
        guard let place = connections.firstIndex(where: { $0?.id == id }) else { return false }
        desk.forgetVerdicts()
        end(place, .revoked)
        return true
    }

    /// Takes back what lets anybody of this loop watch, at once, as for one.
    func revokeAll() {
        desk.forgetVerdicts()
        for place in Array(subscribers.keys) { end(place, .revoked) }
    }

    /// Judges every subscriber of this loop again: the secrets are others now.
    func recheckAuthorizations() {
        for subscriber in Array(subscribers.values) { renew(subscriber) }
    }

    private func end(_ place: Int, _ reason: AuditLog.End) {
        guard let subscriber = subscribers[place] else { return }
        if reason == .revoked { desk.revoke(subscriber.grant, now: MonotonicTime.now) }
        desk.audit.ended(reason, subscriber.grant, of: subject(subscriber.connection, at: place), now: MonotonicTime.now)
        deny(subscriber.id.socket)
    }

    // MARK: The log

    private func noteGrant(_ grant: Grant, to ask: SubscriptionRequest) {
        let before = subscribers[ask.socket.place]?.grant
        // A client that only wants another mode is no news.
        if let before, before.authorizer == grant.authorizer, before.scope == grant.scope, before.who == grant.who { return }
        desk.audit.granted(grant, to: subject(ask.connection, at: ask.socket.place), now: MonotonicTime.now)
    }

    private func subject(_ connection: ConnectionID, at place: Int) -> AuditLog.Subject {
        let address = settings.ipTracking ? connections[place]?.slot.flatMap { roster.row(at: $0).address } : nil
        return AuditLog.Subject(connection: connection, address: address)
    }
}
