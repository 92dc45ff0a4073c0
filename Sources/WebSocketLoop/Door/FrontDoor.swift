internal import CLinux
internal import Glibc

/// Looks at what lies in the kernel for a fresh connection and decides who gets in.
///
/// A head that has not come whole waits here, at about 100 bytes, in the loop's one edge triggered epoll descriptor, so a peer that
/// trickles costs one look for each arrival. Through TLS only the first byte can be judged. Lives on its loop's thread.
@safe
final class FrontDoor {
    /// Also room for a body, so that bytes behind it show.
    private static let lookBytes = RawHead.maxBytes + 8192
    /// The first byte of a TLS hello.
    private static let tlsHandshake: UInt8 = 0x16

    private(set) var pending = PendingConnections()
    /// Connections that count for their address, by index.
    private var counted: [Int: AddressKey] = [:]
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: lookBytes, alignment: 16)
    private unowned let loop: WebSocketLoop

    init(loop: WebSocketLoop) {
        self.loop = loop
    }

    deinit {
        unsafe buffer.deallocate()
    }

    /// A connection was accepted.
    /// - Parameter isCounted: whether it is to be given back to the budget of its address.
    func receive(takingOwnership descriptor: Int32, from address: AddressKey, isCounted: Bool) {
        let socket = loop.take()
        if isCounted { counted[socket.index] = address }
        let slot = pending.add(socket, descriptor, of: address)
        loop.table[socket.index].pendingSlot = slot
        look(slot)
    }

    /// Something came for a connection that is pending here.
    /// - Parameter hasHungUp: whether the peer will send no more.
    func woken(_ slot: PendingConnections.Slot, hasHungUp: Bool) {
        let entry = pending[slot]
        switch entry.stage {
        case .waiting:
            look(slot)
            if hasHungUp, loop.table.index(of: entry.socket) != nil, pending[slot].stage == .waiting { drop(entry.socket.index) }
        case .leaving: drain(slot)
        case .adopted: break
        }
    }

    /// The connection in this slot is answered, or is one that may last.
    func settled(_ slot: PendingConnections.Slot) {
        pending.remove(slot)
    }

    /// The connection at `index` is gone.
    func forget(_ index: Int) {
        if let address = counted.removeValue(forKey: index) { loop.budget.addresses?.giveBack(address) }
    }

    /// Hangs up on the connection at `index`, which libwebsockets does not have.
    func drop(_ index: Int) {
        guard let slot = loop.table[index].pendingSlot, pending[slot].stage != .adopted else { return }
        close(pending[slot].descriptor)
        loop.release(index)
    }

    /// Hangs up on all that libwebsockets does not have.
    func dropAll() {
        for slot in pending.slots { drop(pending[slot].socket.index) }
    }

    // MARK: Looking

    private func look(_ slot: PendingConnections.Slot) {
        let entry = pending[slot]
        let count = unsafe recv(entry.descriptor, buffer.baseAddress, buffer.count, Int32(MSG_PEEK | MSG_DONTWAIT))
        guard count > 0 else {
            return count < 0 && (errno == EAGAIN || errno == EINTR) ? wait(slot) : drop(entry.socket.index)
        }
        let bytes = unsafe UnsafeBufferPointer(
            start: buffer.baseAddress!.assumingMemoryBound(to: UInt8.self), count: count)
        if loop.options.tls != nil { return unsafe bytes[0] == Self.tlsHandshake ? adopt(slot) : refuse(slot, .notTLS, bytes.span) }
        guard unsafe isWorthAWalk(bytes.span, entry) else {
            pending[slot].seen = UInt32(count)
            return wait(slot)
        }
        pending[slot].seen = UInt32(count)
        pending[slot].walked = UInt32(count)
        switch unsafe RawHead.decide(on: bytes.span) {
        case .wait: wait(slot)
        case .serve(let head): serve(slot, head)
        case .refuse(let fault): unsafe refuse(slot, fault, bytes.span)
        }
    }

    /// Whether to walk over the bytes again: when an empty line has come, or twice as much as last time. So whoever trickles makes us
    /// read what he sent a few times, not once for each byte.
    private func isWorthAWalk(_ bytes: borrowing Span<UInt8>, _ entry: PendingConnections.Entry) -> Bool {
        if bytes.count >= RawHead.maxBytes || bytes.count >= 2 * Int(entry.walked) { return true }
        for index in max(2, Int(entry.seen))..<max(2, bytes.count) where bytes[index] == 0x0A {
            if bytes[index - 1] == 0x0A || bytes[index - 2] == 0x0A { return true }
        }
        return false
    }

    private func wait(_ slot: PendingConnections.Slot) {
        guard !pending[slot].isWatched else { return }
        pending[slot].isWatched = true
        if !loop.watch.add(pending[slot].descriptor, pending[slot].socket) { drop(pending[slot].socket.index) }
    }

    private func serve(_ slot: PendingConnections.Slot, _ head: RawHead) {
        if head.target == .asterisk { return answer(slot, .serverOptions) }
        adopt(slot)
    }

    private func adopt(_ slot: PendingConnections.Slot) {
        if pending[slot].isWatched { loop.watch.remove(pending[slot].descriptor) }
        pending[slot].stage = .adopted
        loop.adopt(takingOwnership: pending[slot].descriptor, pending[slot].socket)
    }

    // MARK: Refusing

    private func refuse(_ slot: PendingConnections.Slot, _ fault: RequestFault, _ bytes: borrowing Span<UInt8>) {
        loop.refused(.malformedHead)
        answer(slot, loop.hooks.response(fault), withoutBody: bytes.begins(with: "HEAD "))
    }

    /// Answers, and ends the connection as soon as the peer has heard it.
    private func answer(_ slot: PendingConnections.Slot, _ response: HTTPResponse, withoutBody: Bool = false) {
        let descriptor = pending[slot].descriptor
        let bytes = response.encoded(withoutBody: withoutBody)
        _ = unsafe bytes.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) }
        shutdown(descriptor, Int32(SHUT_WR))
        pending[slot].stage = .leaving
        wait(slot)
        drain(slot)
    }

    private func drain(_ slot: PendingConnections.Slot) {
        while true {
            // For TCP, MSG_TRUNC drops the bytes in the kernel.
            let count = recv(pending[slot].descriptor, nil, 1 << 20, Int32(MSG_DONTWAIT | MSG_TRUNC))
            if count > 0 { continue }
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            return drop(pending[slot].socket.index)
        }
    }
}
