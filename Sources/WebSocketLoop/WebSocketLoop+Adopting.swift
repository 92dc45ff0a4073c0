internal import CLibuv
internal import CLibwebsockets
internal import Glibc

/// How handshakes come to libwebsockets.
extension WebSocketLoop {
    /// A handshake that libwebsockets is answering, while the bytes that it came in are still at hand.
    struct Adoption {
        let socket: SocketID
        let head: SeenHead
    }

    /// Why a handshake is refused; nil where it is let in.
    func refusal(of handshake: SeenHead, from socket: SocketID) -> HTTPResponse? {
        do throws(HandshakeFault) {
            try handshake.checkHandshake()
        } catch {
            return hooks.response(RequestFault(error))
        }
        guard let webSockets else { return hooks.response(.nothingHere) }
        return webSockets.refusal(of: RequestHead(handshake), on: socket)
    }

    /// Hands a connection over to libwebsockets, whose handshake was let in and was taken from the kernel. libwebsockets is given it in its
    /// plainest form and answers at once; frames behind it stay in the kernel and are read in the loop's next turn.
    ///
    /// The list of bytes by which libwebsockets is given it is the one that a peer can hang it with (``Exchange``); here only bytes of our
    /// own are ever in it, and they are used up when this returns.
    func adopt(takingOwnership descriptor: Int32, _ socket: SocketID, _ head: SeenHead) {
        guard let (_, vhost) = unsafe virtualHost else {
            Glibc.close(descriptor)
            return release(socket.index)
        }
        adoption = Adoption(socket: socket, head: head)
        defer { adoption = nil }
        let offer = RequestHead(head).header(.webSocketProtocol)
        let name = offer.flatMap { Subprotocols($0).choice(preferring: options.subprotocol) }
        if let name { settings.choose(name) }
        PlainHandshake.write(for: head, choosing: name, to: &plainHandshake)
        let wsi = unsafe plainHandshake.withUnsafeBytes {
            unsafe lws_adopt_socket_vhost_readbuf(vhost, descriptor, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        if name != nil { settings.forgetChoice() }
        // It closes the descriptor when it fails. A connection that it had taken in already ends as every other one does.
        guard unsafe wsi == nil, let index = table.index(of: socket), unsafe table[index].wsi == nil else { return }
        release(index)
    }

    /// libwebsockets has taken in the connection that is being handed over, and will read its handshake next.
    func adopted(_ wsi: OpaquePointer) {
        guard let adoption, let index = table.index(of: adoption.socket) else { return }
        unsafe lws_set_opaque_user_data(wsi, UnsafeMutableRawPointer(bitPattern: UInt(adoption.socket.rawValue)))
        unsafe table[index].wsi = unsafe wsi
    }

    /// The answer to a handshake and the first message leave together, and those of all handshakes that came together: so a proxy on the
    /// same machine is woken once for them, not once for each, which costs more than all else that is done for a connection.
    func letLeave(_ index: Int) {
        guard options.tls == nil else { return }
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

    /// The descriptor of the peer's own connection, not of the relay through which it comes; nil when it is gone.
    func peerDescriptor(of index: Int) -> Int32? { door.relays[index]?.peer ?? descriptor(of: index) }

    /// The descriptor of a connection; nil when it is gone.
    func descriptor(of index: Int) -> Int32? {
        guard let wsi = unsafe table[index].wsi else { return door.descriptor(of: index) }
        return unsafe lws_get_socket_fd(wsi)
    }
}

extension RequestFault {
    fileprivate init(_ fault: HandshakeFault) {
        switch fault {
        case .malformed(let sentence): self = .malformed(sentence)
        case .wrongVersion: self = .wrongVersion
        }
    }
}
