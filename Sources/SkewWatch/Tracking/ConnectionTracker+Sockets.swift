internal import Logging
internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// What the sockets of the loop do. Each call comes on the loop's thread and enters the actor once.
extension ConnectionTracker: WebSocketHandler {
    nonisolated func opened(_ socket: SocketID, over transport: Transport, _ head: borrowing RequestHead) {
        let arrival = Arrival(head, transport: transport, settings: settings, tabKeys: shared.tabs.keys)
        enter((socket, arrival)) { tracker, event in tracker.open(event.0, event.1) }
    }

    nonisolated func received(_ message: Span<UInt8>, isText: Bool, from socket: SocketID) {
        guard isText else { return }
        let parsed = ClientMessage.parse(message, routes: settings.routes)
        enter((parsed, socket)) { tracker, event in tracker.handle(event.0, from: event.1) }
    }

    nonisolated func drained(_ socket: SocketID) {
        assumeIsolated { $0.catchUp(socket) }
    }

    nonisolated func closed(_ socket: SocketID, _ reason: DisconnectReason) {
        enter((socket, reason)) { tracker, event in tracker.forget(event.0.index, .disconnected(event.1)) }
    }

    /// What the loop itself has to tell and to ask. The tracker outlives its loop.
    nonisolated var loopHooks: LoopHooks {
        var hooks = LoopHooks { [unowned self] notice in
            logger.log(notice)
            guard case .refused(let refusal) = notice else { return }
            assumeIsolated { $0.count(Counters.Rejection(refusal)) }
        }
        hooks.tick = { [unowned self] in assumeIsolated { $0.tick() } }
        hooks.keepalive = { ServerMessage.keepalive(timestampMilliseconds: MonotonicTime.wallClockMilliseconds).encoded }
        hooks.response = { .refusal(for: $0) }
        return hooks
    }

    /// A tenth of a second has passed.
    private func tick() {
        let now = MonotonicTime.now
        authorize { requests, now, epoch in requests.due(at: now, epoch: epoch) }
        for id in dueAnnouncements(at: now) { goOn(with: id) }
        if index == 0 { desk.audit.summarize(now: now) }
    }

    /// The row of a connection that has come; nil where it is not counted.
    func addRow(_ id: ConnectionID, _ arrival: Arrival, _ socket: SocketID) -> Slot? {
        let isAddressWanted = settings.ipTracking || arrival.forwarded != nil
        let address = isAddressWanted ? self.address(of: socket, arrival.forwarded) : nil
        if let address, arrival.forwarded != nil { remember(address, at: socket.index) }
        let client = arrival.forwarded.flatMap { proxiedClient(of: socket, $0) }
        if let client { count(client, at: socket.index) }
        guard arrival.uncounted(tracking: settings.connectionTracking) == nil else { return nil }
        let tag = client == nil ? nil : arrival.tag.flatMap { Tag.clean(String(decoding: $0, as: UTF8.self)) }
        let now = MonotonicTime.now
        let since = arrival.tab.flatMap { takePlace(of: $0, socket, at: now) }
        return addRow(
            id, version: arrival.identity.version(release: shared.release),
            route: settings.routeTracking ? arrival.identity.route : DeclaredIdentity.unknownRoute,
            since: since, isNew: arrival.tab != nil && arrival.reconnects == 0,
            address: settings.ipTracking ? address?.description : nil, tag: tag, claim: claim(of: arrival, socket),
            at: now)
    }

    private func handle(_ message: ClientMessage, from socket: SocketID) {
        switch message {
        case .ping:
            count(.ping)
            loop?.send(Self.pong, to: socket)
        case .routeUpdate(let route):
            count(.routeUpdate)
            move(socket, to: route)
        case .subscribeStats(let token, let mode):
            count(.subscribeStats)
            subscribe(socket, token: token, mode: mode)
        case .unsubscribeStats:
            count(.unsubscribeStats)
            withdraw(socket)
        case .ignored(let reason):
            count(reason)
        }
    }

    private static let pong = ServerMessage.pong.encoded

    /// A connection has another route.
    func move(_ socket: SocketID, to route: String) {
        guard settings.routeTracking, let connection = connections[socket.index], let slot = connection.slot else { return }
        changeRows { [shared] roster, now in roster.move(slot, to: route, time: shared.rowTime(now), at: now) }
        if let hook = settings.hooks.connectionMoved { hook(info(of: connection)) }
    }

    /// What an embedding program and the authorizers hear of a connection.
    func info(of connection: Connection) -> ConnectionInfo {
        guard let slot = connection.slot else {
            return ConnectionInfo(id: connection.id.description, version: DeclaredIdentity.unknownVersion, route: "/", address: nil)
        }
        return info(at: slot)
    }

    /// The same of a row.
    func info(at slot: Slot) -> ConnectionInfo {
        let row = row(at: slot)
        return ConnectionInfo(id: row.id.description, version: row.version, route: row.route, address: row.address)
    }

    /// The address of a socket's client: the peer's, or what a trusted proxy says.
    func address(of socket: SocketID, _ forwarded: ForwardedHeaders?) -> NetworkAddress? {
        peer(of: socket).map { ClientAddress.of(peer: $0, forwarded, trusted: settings.trustedProxies) }
    }

    /// Whom a trusted proxy speaks for; nil where the peer is none. Peers count for their address from accept on, by the loop.
    func proxiedClient(of socket: SocketID, _ forwarded: ForwardedHeaders) -> NetworkAddress? {
        guard let peer = peer(of: socket), settings.trustedProxies.contains(peer) else { return nil }
        return ClientAddress.of(peer: peer, forwarded, trusted: settings.trustedProxies)
    }

    /// Where a socket's connection comes from, or whom it is for by the PROXY protocol; nil when it is gone.
    func peer(of socket: SocketID) -> NetworkAddress? { loop?.peerAddress(of: socket).map { NetworkAddress($0) } }

    /// Does what `assumeIsolated` does, for a body that captures nothing and is handed its argument: so nothing is allocated, where a
    /// closure that captures costs `assumeIsolated` two allocations; not inlined, it would cost one. Traps on any thread but the loop's.
    @inline(__always)
    nonisolated func enter<Argument, Result>(
        _ argument: Argument, _ body: @escaping (isolated ConnectionTracker, Argument) -> Result
    ) -> Result {
        thread.checkIsolated()
        // The isolation is the check above: it is part of the function's type, not of how it is called. `assumeIsolated` of the
        // standard library casts in the same way; `skewwatch-benchmarks`' route updates show the two allocations.
        let entered = unsafe unsafeBitCast(body, to: ((ConnectionTracker, Argument) -> Result).self)
        return entered(self, argument)
    }
}
