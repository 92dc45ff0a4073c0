internal import Logging
internal import Presence
internal import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

/// What the sockets of the loop do. Each call comes on the loop's thread and enters the actor once.
extension ConnectionTracker: WebSocketHandler, RequestHandler {
    nonisolated func opened(_ socket: SocketID, over transport: Transport, _ head: borrowing RequestHead) {
        let arrival = Arrival(head, transport: transport, settings: settings)
        assumeIsolated { $0.open(socket, arrival) }
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
        assumeIsolated { tracker in
            tracker.counters.closed[reason, default: 0] += 1
            tracker.forget(at: socket.index)
        }
    }

    /// What the loop itself has to tell and to ask. The tracker outlives its loop.
    nonisolated var loopHooks: LoopHooks {
        var hooks = LoopHooks { [unowned self] notice in
            logger.log(notice)
            if case .refused(let refusal) = notice { assumeIsolated { $0.count(refusal) } }
        }
        hooks.tick = { [unowned self] in assumeIsolated { $0.sweepAuthorizations(at: MonotonicTime.now) } }
        hooks.keepalive = { ServerMessage.keepalive(timestampMilliseconds: MonotonicTime.wallClockMilliseconds).encoded }
        hooks.response = { .refusal(for: $0) }
        return hooks
    }

    private func count(_ refusal: ConnectionRefusal) {
        counters.rejected[Counters.Rejection(refusal), default: 0] += 1
    }

    // MARK: Coming

    func open(_ socket: SocketID, _ arrival: Arrival) {
        let id = ConnectionID(randomHigh: random.next(), randomLow: random.next())
        let isStream = arrival.transport == .eventStream
        let secret = isStream ? StreamSecret(high: random.next(), low: random.next()) : nil
        let connection = Connection(
            id: id, slot: enter(id, arrival, socket), isStream: isStream, isCrawler: arrival.isCrawler)
        while connections.count <= socket.index { connections.append(nil) }
        connections[socket.index] = connection
        if let head = arrival.head { heads[socket.index] = head }
        if let secret { shared.streams.add(id, .init(tracker: index, socket: socket, secret: secret)) }
        shared.openConnections.add(1, ordering: .relaxed)
        count(arrival)
        let hello = ServerMessage.connected(
            version: shared.release, id: id, secret: secret?.text, timestampMilliseconds: MonotonicTime.wallClockMilliseconds)
        loop?.send(hello.encoded, to: socket)
        if let hook = settings.hooks.connectionOpened { hook(info(of: connection)) }
    }

    private func enter(_ id: ConnectionID, _ arrival: Arrival, _ socket: SocketID) -> Slot? {
        let isAddressWanted = settings.ipTracking || arrival.forwarded != nil
        let address = isAddressWanted ? self.address(of: socket, arrival.forwarded) : nil
        if let address, arrival.forwarded != nil { proxiedAddresses[socket.index] = AddressHash(address) }
        if let forwarded = arrival.forwarded, let client = proxiedClient(of: socket, forwarded), shared.addresses.take(client.peer) {
            addresses[socket.index] = client.peer.key
        }
        guard settings.connectionTracking, !arrival.isCrawler else { return nil }
        defer { noteChange() }
        return roster.open(
            id, version: arrival.identity.version(release: shared.release),
            route: settings.routeTracking ? arrival.identity.route : DeclaredIdentity.unknownRoute,
            address: settings.ipTracking ? address?.description : nil)
    }

    func address(of socket: SocketID, _ forwarded: ForwardedHeaders?) -> NetworkAddress? {
        guard let peer = loop?.peerAddress(of: socket) else { return nil }
        return ClientAddress.of(peer: peer, forwarded, trusted: settings.trustedProxies)
    }

    /// Whom a trusted proxy speaks for; nil where the peer is none. Peers count for their address from accept on, by the loop.
    func proxiedClient(of socket: SocketID, _ forwarded: ForwardedHeaders) -> NetworkAddress? {
        guard let text = loop?.peerAddress(of: socket), let peer = NetworkAddress(text),
            settings.trustedProxies.contains(where: { $0.contains(peer) })
        else { return nil }
        return ClientAddress.of(peer: text, forwarded, trusted: settings.trustedProxies)
    }

    private func count(_ arrival: Arrival) {
        if arrival.isCrawler {
            counters.crawlersOpened += 1
        } else {
            counters.opened[arrival.transport, default: 0] += 1
            openByTransport[arrival.transport, default: 0] += 1
        }
    }

    // MARK: Being there

    private func handle(_ message: ClientMessage, from socket: SocketID) {
        switch message {
        case .ping:
            counters.messages[.ping, default: 0] += 1
            loop?.send(Self.pong, to: socket)
        case .routeUpdate(let route):
            counters.messages[.routeUpdate, default: 0] += 1
            move(socket, to: route)
        case .subscribeStats(let token, let mode):
            counters.messages[.subscribeStats, default: 0] += 1
            subscribe(socket, token: token, mode: mode)
        case .unsubscribeStats:
            counters.messages[.unsubscribeStats, default: 0] += 1
            withdraw(socket)
        case .ignored(let reason):
            counters.ignored[reason, default: 0] += 1
        }
    }

    private static let pong = ServerMessage.pong.encoded

    func move(_ socket: SocketID, to route: String) {
        guard settings.routeTracking, let connection = connections[socket.index], let slot = connection.slot else { return }
        roster.move(slot, to: route)
        noteChange()
        if let hook = settings.hooks.connectionMoved { hook(info(of: connection)) }
    }

    // MARK: Going

    func forget(at index: Int) {
        guard index < connections.count, let connection = connections[index] else { return }
        if let hook = settings.hooks.connectionClosed { hook(info(of: connection)) }
        unsubscribe(index)
        requests.forget(index)
        connections[index] = nil
        shared.openConnections.subtract(1, ordering: .relaxed)
        heads[index] = nil
        proxiedAddresses[index] = nil
        if connection.isStream { shared.streams.remove(connection.id) }
        if let address = addresses.removeValue(forKey: index) { shared.addresses.giveBack(address) }
        if !connection.isCrawler { openByTransport[connection.isStream ? .eventStream : .webSocket, default: 0] -= 1 }
        if let slot = connection.slot {
            roster.close(slot)
            noteChange()
        }
    }
}
