internal import Logging
internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// What the sockets of the loop do. Each call comes on the loop's thread and enters the actor once.
extension ConnectionTracker: SocketHandler {
    nonisolated func refusal(of head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse? {
        guard head.path.elementsEqual((settings.basePath + "/ws").utf8) else { return .notFound }
        guard settings.origins.allows(head, endsTLS: settings.loop.tls != nil, trustedPeer: false) else { return .foreignOrigin }
        return nil
    }

    nonisolated func response(to head: borrowing RequestHead, on socket: SocketID) -> HTTPResponse {
        guard head.path.elementsEqual((settings.basePath + "/ws").utf8) else { return .notFound }
        return .error(426, "this is a WebSocket endpoint", headers: [("Upgrade", "websocket"), ("Connection", "Upgrade")])
    }

    nonisolated func opened(_ socket: SocketID, _ head: borrowing RequestHead) {
        var identity = DeclaredIdentity()
        head.forEachArgument { identity.read(decodedArgument: $0.span) }
        if let cookies = head.header(.cookie) { identity.read(cookies: cookies.span, cookieName: settings.cookieName) }
        let kept = HandshakeHead(head, keeping: settings.keptHead)
        assumeIsolated { $0.open(socket, identity, head: kept) }
    }

    nonisolated func received(_ message: UnsafeRawBufferPointer, isText: Bool, from socket: SocketID) {
        guard isText else { return }
        let parsed = unsafe ClientMessage.parse(Span(_unsafeElements: message.assumingMemoryBound(to: UInt8.self)))
        assumeIsolated { $0.handle(parsed, from: socket) }
    }

    nonisolated func drained(_ socket: SocketID) {
        assumeIsolated { $0.catchUp(socket) }
    }

    nonisolated func closed(_ socket: SocketID, _ reason: DisconnectReason) {
        assumeIsolated { $0.forget(socket) }
    }

    nonisolated func log(_ notice: LoopNotice) {
        switch notice {
        case .outOfDescriptors:
            logger.error("No file descriptor is left: connections are shed until some are free. Raise the limit of open files.")
        case .library(let line):
            logger.warning("libwebsockets: \(line)")
        case .libraryLinesLeftOut(let count):
            logger.warning("libwebsockets: \(count) further lines in ten seconds were left out.")
        }
    }

    nonisolated func ticked() {
        assumeIsolated { $0.sweepAuthorizations(at: MonotonicTime.now) }
    }

    nonisolated func refused(_ refusal: ConnectionRefusal) {}

    // MARK: On the actor

    private func open(_ socket: SocketID, _ identity: DeclaredIdentity, head: HandshakeHead?) {
        var random = SystemRandomNumberGenerator()
        let id = ConnectionID(randomHigh: random.next(), randomLow: random.next())
        let slot = settings.connectionTracking ? enter(id, identity, socket) : nil
        let connection = Connection(id: id, slot: slot)
        while connections.count <= socket.place { connections.append(nil) }
        connections[socket.place] = connection
        if let head { heads[socket.place] = head }
        let hello = ServerMessage.connected(
            version: settings.release, id: id, secret: nil, timestampMilliseconds: MonotonicTime.wallClockMilliseconds)
        loop?.send(hello.encoded, to: socket)
        if let hook = settings.hooks.connectionOpened { hook(info(of: connection)) }
    }

    private func enter(_ id: ConnectionID, _ identity: DeclaredIdentity, _ socket: SocketID) -> Slot {
        defer { noteChange() }
        return roster.open(
            id, version: identity.version(release: settings.release),
            route: settings.routeTracking ? identity.route : DeclaredIdentity.unknownRoute,
            address: settings.ipTracking ? loop?.peerAddress(of: socket) : nil)
    }

    private func handle(_ message: ClientMessage, from socket: SocketID) {
        switch message {
        case .ping: loop?.send(Self.pong, to: socket)
        case .routeUpdate(let route): move(socket, to: route)
        case .subscribeStats(let token, let mode): subscribe(socket, token: token, mode: mode)
        case .unsubscribeStats: withdraw(socket)
        case .ignored: break
        }
    }

    private static let pong = ServerMessage.pong.encoded

    private func move(_ socket: SocketID, to route: String) {
        guard settings.routeTracking, let connection = connections[socket.place], let slot = connection.slot else { return }
        roster.move(slot, to: route)
        noteChange()
        if let hook = settings.hooks.connectionMoved { hook(info(of: connection)) }
    }

    private func forget(_ socket: SocketID) {
        guard let connection = connections[socket.place] else { return }
        if let hook = settings.hooks.connectionClosed { hook(info(of: connection)) }
        unsubscribe(socket.place)
        connections[socket.place] = nil
        heads[socket.place] = nil
        asks[socket.place] = nil
        if let slot = connection.slot {
            roster.close(slot)
            noteChange()
        }
    }
}

extension HTTPResponse {
    static let notFound = HTTPResponse.error(404, "there is nothing here")
    static let foreignOrigin = HTTPResponse.error(403, "pages of this origin are not allowed here")
}
