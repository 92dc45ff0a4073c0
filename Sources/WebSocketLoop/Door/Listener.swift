internal import CLibuv
internal import CLinux
internal import Glibc

/// Accepts connections in batches from one listening socket on one loop, as far as the gate lets them in.
///
/// libwebsockets' own accept loop spins and floods the log when descriptors run out. This one keeps a descriptor in reserve: it
/// is closed, the first in line is accepted and hung up on, and the reserve is opened again.
/// Lives on its loop's thread.
@safe
final class Listener {
    /// Connections taken per wake-up; more would let a flood of them keep established sockets waiting.
    private static let batch = 64

    private let descriptor: Int32
    private let poll = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
    /// Open descriptors in reserve. With the last one connections are turned away; those before it let in as many when none is left.
    private var reserve: [Int32] = []
    private let wantedReserve: Int
    private var isPolling = false
    private var gate: AcceptGate
    private let budget: ConnectionBudget
    private unowned let loop: WebSocketLoop

    /// Takes ownership of `descriptor`.
    init(
        takingOwnership descriptor: Int32, on uv: UnsafeMutablePointer<uv_loop_t>, gate: AcceptGate, budget: ConnectionBudget,
        loop: WebSocketLoop
    ) {
        self.descriptor = descriptor
        self.gate = gate
        self.budget = budget
        self.loop = loop
        wantedReserve = 1 + loop.options.keptPlaces
        fillReserve()
        SocketOptions.deferAccept(descriptor)
        // A TLS handshake is several short answers, each of which must leave.
        if loop.options.tls == nil { SocketOptions.cork(descriptor) }
        _ = unsafe uv_poll_init(uv, poll, descriptor)
        unsafe poll.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        resume()
    }

    /// Takes what is in the backlog already, for those peers were told by the kernel that they are connected; then closes the socket.
    func stop() {
        for _ in 0..<64 where isPolling { acceptWaiting() }
        pause()
        let handle = unsafe UnsafeMutableRawPointer(poll).assumingMemoryBound(to: uv_handle_t.self)
        unsafe uv_close(handle) { handle in unsafe UnsafeMutableRawPointer(handle!).deallocate() }
        Glibc.close(descriptor)
        for kept in reserve { Glibc.close(kept) }
    }

    /// Goes on accepting, if it had to hold: a pending connection has ended.
    func resume() {
        guard !isPolling else { return }
        isPolling = true
        _ = unsafe uv_poll_start(poll, Int32(UV_READABLE.rawValue), connectionsWaiting)
    }

    private func pause() {
        guard isPolling else { return }
        isPolling = false
        _ = unsafe uv_poll_stop(poll)
    }

    fileprivate func acceptWaiting() {
        fillReserve()
        defer { loop.letLeave() }
        for _ in 0..<Self.batch {
            let decision =
                gate.isOpen(with: loop.door.pending.count)
                ? .accept : gate.next(loop.door.pending, random: { UInt64.random(in: .min ... .max) })
            if decision == .hold { return pause() }
            var address = sockaddr_storage()
            let connection = unsafe accept_connection(descriptor, &address, socklen_t(MemoryLayout<sockaddr_storage>.size))
            if connection >= 0 {
                if case .acceptInstead(let slot) = decision { loop.crowdedOut(slot) }
                admit(connection, from: PeerAddress(address))
            } else if !recover(from: errno) {
                return
            }
        }
    }

    private func fillReserve() {
        while reserve.count < wantedReserve {
            let kept = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard kept >= 0 else { return }
            reserve.append(kept)
        }
    }

    private func admit(_ connection: Int32, from peer: PeerAddress?) {
        guard budget.take() else { return refuse(connection, .connectionLimit) }
        let isProxy = peer.map { budget.addresses?.isProxy($0) ?? false } ?? false
        if loop.options.proxyProtocol, !isProxy {
            budget.giveBack()
            loop.tellProxyTrouble()
            return refuse(connection, .noTrustedProxy)
        }
        let admission = peer.flatMap { budget.addresses?.admit($0, at: loop.sharedTick) } ?? .free
        if case .refused(let refusal) = admission {
            budget.giveBack()
            return refuse(connection, refusal)
        }
        gate.accepted()
        loop.door.receive(
            takingOwnership: connection, from: peer?.key ?? .unknown, isCounted: admission == .counted,
            awaitsProxyHeader: loop.options.proxyProtocol)
    }

    private func refuse(_ connection: Int32, _ refusal: ConnectionRefusal) {
        refusePolitely(connection, loop.hooks.response(RequestFault(refusal)).encoded(withoutBody: false))
        loop.refused(refusal)
    }

    /// - Returns: whether to go on with the batch.
    private func recover(from number: Int32) -> Bool {
        switch gate.failed(outOfDescriptors: number == EMFILE || number == ENFILE) {
        case .wait:
            return number == ECONNABORTED || number == EINTR
        case .shed(let isFirst):
            if isFirst { loop.log(.outOfDescriptors) }
            if let kept = reserve.popLast() { Glibc.close(kept) }
            let connection = accept_connection(descriptor, nil, 0)
            guard connection < 0 || reserve.isEmpty else {
                admit(connection, from: nil)
                return true
            }
            if connection >= 0 { Glibc.close(connection) }
            fillReserve()
            loop.refused(.outOfDescriptors)
            return connection >= 0
        }
    }
}

/// Answers on a socket that nothing was spent on yet, and closes it. What the peer already sent is read first: closing with
/// unread bytes would reset the connection, and the peer might never see the answer.
private func refusePolitely(_ connection: Int32, _ answer: [UInt8]) {
    KernelBytes.drop(65_536, of: connection)
    _ = unsafe answer.withUnsafeBytes { bytes in
        unsafe send(connection, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }
    shutdown(connection, Int32(SHUT_WR))
    close(connection)
}

@c private func connectionsWaiting(_ poll: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32) {
    unsafe Unmanaged<Listener>.fromOpaque(poll!.pointee.data).takeUnretainedValue().acceptWaiting()
}

extension RequestFault {
    /// How a connection is answered that is turned away before its head was read.
    init(_ refusal: ConnectionRefusal) {
        switch refusal {
        case .addressLimit: self = .addressLimit
        case .addressRate: self = .addressRate
        case .noTrustedProxy: self = .noProxyHeader
        case .connectionLimit, .outOfDescriptors, .malformedHead, .crowdedOut: self = .connectionLimit
        }
    }
}
