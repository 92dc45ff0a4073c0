internal import CLibuv
internal import CLibwebsockets
internal import CLinux
internal import Glibc

/// How connections come to libwebsockets.
extension WebSocketLoop {
    /// A handshake that libwebsockets reads while its bytes are still at hand.
    struct Reading {
        let socket: SocketID
        let head: SeenHead
        /// The peer's own socket, where another one stands in for it.
        var peer: Int32?
    }

    /// Hands a connection over to libwebsockets, which reads its head from the kernel when it is told that something is there.
    private func adopt(takingOwnership descriptor: Int32, _ socket: SocketID) {
        guard let (_, vhost) = unsafe virtualHost else {
            Glibc.close(descriptor)
            return release(socket.index)
        }
        var adoption = unsafe lws_adopt_desc_t()
        unsafe adoption.vh = unsafe vhost
        unsafe adoption.type = lws_adoption_type(LWS_ADOPT_SOCKET.rawValue | LWS_ADOPT_HTTP.rawValue)
        unsafe adoption.fd.sockfd = descriptor
        unsafe adoption.opaque = UnsafeMutableRawPointer(bitPattern: UInt(socket.rawValue))
        // It closes the descriptor when it fails.
        let wsi = unsafe lws_adopt_descriptor_vhost_via_info(&adoption)
        guard let index = table.index(of: socket) else { return }
        if unsafe wsi == nil { release(index) } else { unsafe table[index].wsi = unsafe wsi }
    }

    /// Hands over a connection whose handshake lies in the kernel, and has libwebsockets read it at once: so handlers see the bytes as
    /// they came, and the loop is spared a turn.
    /// - Parameter hasMore: whether frames lie behind the handshake already.
    func adoptHandshake(takingOwnership descriptor: Int32, _ socket: SocketID, _ head: RawHead, _ seen: SeenHead, hasMore: Bool) {
        reading = Reading(socket: socket, head: seen)
        defer { reading = nil }
        if let plainest = PlainHandshake.standingIn(for: head, seen, subprotocol: options.subprotocol) {
            adoptStandIn(takingOwnership: descriptor, socket, head, plainest)
        } else {
            adopt(takingOwnership: descriptor, socket)
            readHandshake(of: socket)
        }
        // What lies behind the head is in a list of libwebsockets by now, which it looks through when something wakes it.
        if hasMore, let (context, _) = unsafe virtualHost { unsafe lws_cancel_service(context) }
    }

    /// Has libwebsockets read, as its loop would. It takes 4 KiB at a time.
    private func readHandshake(of socket: SocketID) {
        guard let (context, _) = unsafe virtualHost else { return }
        for _ in 0...RawHead.maxBytes / ContextSettings.readBytes {
            guard let index = table.index(of: socket), table[index].ending.phase == .handshake, let wsi = unsafe table[index].wsi else {
                return
            }
            var event = unsafe pollfd(fd: lws_get_socket_fd(wsi), events: Int16(POLLIN), revents: Int16(POLLIN))
            guard unsafe lws_service_fd(context, &event) == 0 else { return }
        }
    }

    /// Hands over a connection whose handshake libwebsockets could not read. For the moment of the handshake the peer's descriptor is a
    /// socket of our own, from which libwebsockets reads the same handshake in its plainest form; what it answers is passed on.
    private func adoptStandIn(takingOwnership descriptor: Int32, _ socket: SocketID, _ head: RawHead, _ plainest: [UInt8]) {
        guard let pair = SocketPair(), let peer = Descriptor(takingOwnership: fcntl(descriptor, F_DUPFD_CLOEXEC, 0)),
            pair.write(plainest), pair.stand(in: descriptor)
        else {
            Glibc.close(descriptor)
            return release(socket.index)
        }
        // What is left in the kernel are frames.
        KernelBytes.drop(head.length, of: peer.number)
        reading?.peer = peer.number
        adopt(takingOwnership: descriptor, socket)
        readHandshake(of: socket)
        let isThere = table.index(of: socket) != nil
        if isThere { SocketPair.replace(descriptor, by: peer.number) }
        pair.pass(to: peer.number)
        // The end of a refused one went to the socket that stood in.
        if !isThere || table[socket.index].ending.phase != .webSocket { shutdown(peer.number, Int32(SHUT_WR)) }
    }

    /// The answer to a handshake and the first message leave together, and those of all handshakes that came together: so a proxy on the
    /// same machine is woken once for them, not once for each, which costs more than all else that is done for a connection.
    func letLeave(_ index: Int) {
        guard options.tls == nil else { return }
        guard reading != nil else { return uncork(index) }
        corked.append(table.socket(at: index))
        if corked.count >= Self.maxCorked { letLeave() }
    }

    /// Sends what is held back for connections whose handshakes were answered. Called at the end of each turn that answers some.
    func letLeave() {
        guard !corked.isEmpty else { return }
        for socket in corked { if let index = table.index(of: socket) { uncork(index) } }
        corked.removeAll(keepingCapacity: true)
    }

    private func uncork(_ index: Int) {
        if let descriptor = descriptor(of: index) { SocketOptions.uncork(descriptor) }
    }

    /// Most that wait for one another: what they wait is the time of so many handshakes, under a millisecond.
    private static let maxCorked = 32

    /// The handshake that a callback is about; nil for one that was not handed over here.
    func head(of index: Int) -> RequestHead? {
        guard let reading, reading.socket == table.socket(at: index) else { return nil }
        return RequestHead(reading.head)
    }

    /// The descriptor of the peer's own connection, not of what stands in for it; nil when it is gone.
    func peerDescriptor(of index: Int) -> Int32? { door.relays[index]?.peer ?? descriptor(of: index) }

    /// The descriptor of a connection; nil when it is gone.
    func descriptor(of index: Int) -> Int32? {
        if let reading, let peer = reading.peer, reading.socket == table.socket(at: index) { return peer }
        guard let wsi = unsafe table[index].wsi else { return door.descriptor(of: index) }
        return unsafe lws_get_socket_fd(wsi)
    }
}
