internal import CLibuv
internal import CLinux
internal import Glibc

/// Looks at what lies in the kernel for a fresh connection and decides who gets in.
///
/// A head that has not come whole waits here, at about 100 bytes, in the loop's one edge triggered epoll descriptor, so a peer that
/// trickles costs one look for each arrival. A handshake goes to libwebsockets, which reads it while the same bytes are still at hand
/// here; everything else is served here (``Exchange``). TLS ends here, too (``TLSRelay``). Lives on its loop's thread.
@safe
final class FrontDoor {
    /// The first byte of a TLS hello.
    private static let tlsHandshake: UInt8 = 0x16

    var pending = PendingConnections()
    /// Connections that count for their address, by index.
    private var counted: [Int: AddressKey] = [:]
    /// What is served here, by index.
    var exchanges: [Int: Exchange] = [:]
    /// Bytes that were read of peers after their answer, by index.
    private var dropped: [Int: Int] = [:]
    /// Whom a proxy speaks for, by index, where it said so in front of the connection.
    private(set) var clients: [Int: PeerAddress] = [:]
    /// TLS that is being agreed on, and that is, by index.
    var greetings: [Int: TLSSession] = [:]
    var relays: [Int: TLSRelay] = [:]
    /// The connection that ``letsIn(_:_:_:)`` looks at.
    private var arriving: (index: Int, descriptor: Int32)?
    let seen = SeenHead()
    unowned let loop: WebSocketLoop

    init(loop: WebSocketLoop) {
        self.loop = loop
    }

    /// A connection was accepted.
    /// - Parameter isCounted: whether it is to be given back to the budget of its address.
    func receive(takingOwnership descriptor: Int32, from address: AddressKey, isCounted: Bool, awaitsProxyHeader: Bool) {
        let socket = loop.take()
        if isCounted { counted[socket.index] = address }
        var refusal: HTTPResponse?
        if !awaitsProxyHeader, loop.tls == nil, letsIn(socket, descriptor, &refusal) { return }
        let slot = pending.add(socket, descriptor, of: address)
        loop.await(socket, in: slot)
        if let refusal { return begin(slot, seen.head, answering: refusal) }
        pending[slot].awaitsProxyHeader = awaitsProxyHeader
        look(slot)
    }

    /// Lets a handshake in that is there as a whole, as nearly every one is when its connection is accepted (`TCP_DEFER_ACCEPT`): it never
    /// stands among the connections that are waited for.
    /// - Parameter refusal: why a handshake is not let in.
    /// - Returns: whether it was.
    private func letsIn(_ socket: SocketID, _ descriptor: Int32, _ refusal: inout HTTPResponse?) -> Bool {
        let count = peek(descriptor)
        guard count > 0, case .serve(let head) = seen.judge(count), head.kind == .handshake else { return false }
        arriving = (socket.index, descriptor)
        defer { arriving = nil }
        refusal = loop.refusal(of: seen, from: socket)
        guard refusal == nil else { return false }
        KernelBytes.drop(head.length, of: descriptor)
        loop.adopt(takingOwnership: descriptor, socket, seen)
        return true
    }

    private func peek(_ descriptor: Int32) -> Int {
        unsafe recv(descriptor, seen.buffer.baseAddress, seen.buffer.count, Int32(MSG_PEEK | MSG_DONTWAIT))
    }

    /// Something came for a connection that libwebsockets does not watch.
    /// - Parameter event: what the kernel says of it.
    func woken(_ index: Int, _ event: EdgeWatch.Event) {
        guard exchanges[index] == nil else { return continueExchange(at: index, event) }
        guard let slot = loop.table[index].pendingSlot else {
            return loop.stirred(loop.table.socket(at: index), hasHungUp: event.hasHungUp)
        }
        let entry = pending[slot]
        switch entry.stage {
        case .waiting:
            look(slot)
            // It may be served by now, answered, or gone.
            guard event.hasHungUp, loop.table.index(of: entry.socket) != nil, loop.table[index].pendingSlot == slot else { return }
            if pending[slot].stage == .waiting { drop(index) }
        case .leaving: drain(index, entry.descriptor)
        case .served: break
        }
    }

    /// The connection in this slot is answered, or is one that may last.
    func settled(_ slot: PendingConnections.Slot) {
        pending.remove(slot)
    }

    /// The connection at `index` is gone.
    func forget(_ index: Int) {
        if !dropped.isEmpty { dropped[index] = nil }
        if !clients.isEmpty { clients[index] = nil }
        forgetTLS(index)
        if let address = counted.removeValue(forKey: index) { loop.budget.addresses?.giveBack(address) }
    }

    /// Hangs up on the connection at `index`, which libwebsockets does not have.
    func drop(_ index: Int) {
        if let exchange = exchanges.removeValue(forKey: index) {
            close(exchange.descriptor)
            loop.end(index, .lost)
        } else {
            guard let slot = loop.table[index].pendingSlot, pending[slot].stage != .served else { return }
            close(pending[slot].descriptor)
        }
        loop.release(index)
    }

    /// Hangs up on all that libwebsockets does not have.
    func dropAll() {
        for index in Array(exchanges.keys) { drop(index) }
        for slot in pending.slots { drop(pending[slot].socket.index) }
    }

    /// The descriptor of a connection that libwebsockets does not have.
    func descriptor(of index: Int) -> Int32? {
        if let arriving, arriving.index == index { return arriving.descriptor }
        return exchanges[index]?.descriptor ?? loop.table[index].pendingSlot.map { pending[$0].descriptor }
    }

    /// Why the kernel ended the peer's connection; 0 where it did not, nil for one that libwebsockets has.
    func error(of index: Int) -> Int32? { relays[index]?.error ?? descriptor(of: index).map { pendingError(of: $0) } }

    /// The connection in this slot goes on as something that is served, here or by libwebsockets.
    func serve(_ slot: PendingConnections.Slot) -> (socket: SocketID, descriptor: Int32) {
        pending[slot].stage = .served
        return (pending[slot].socket, pending[slot].descriptor)
    }

    /// Whether the epoll descriptor watches the connection that is pending in this slot.
    func isWatched(_ slot: PendingConnections.Slot) -> Bool { pending[slot].isWatched }

    // MARK: Looking

    func look(_ slot: PendingConnections.Slot) {
        let entry = pending[slot]
        if let tls = loop.tls, greetings[entry.socket.index] != nil { return greet(slot, tls) }
        let count = peek(entry.descriptor)
        guard count > 0 else {
            return count < 0 && (errno == EAGAIN || errno == EINTR) ? wait(slot) : drop(entry.socket.index)
        }
        seen.look(count)
        if entry.awaitsProxyHeader { return readProxyHeader(slot) }
        if let tls = loop.tls, relays[entry.socket.index] == nil {
            return unsafe seen.buffer[0] == Self.tlsHandshake ? greet(slot, tls) : refuse(slot, .notTLS)
        }
        pending[slot].seen = UInt32(count)
        guard unsafe isWorthAWalk(seen.bytes.span, entry) else { return wait(slot) }
        pending[slot].walked = UInt32(count)
        switch seen.judge(count) {
        case .wait: wait(slot)
        case .serve(let head): serve(slot, head)
        case .refuse(let fault): refuse(slot, fault)
        }
    }

    /// A proxy says for whom it speaks. From then on the connection is that client's, and counts for him.
    private func readProxyHeader(_ slot: PendingConnections.Slot) {
        switch unsafe ProxyHeader.read(seen.bytes.span) {
        case .incomplete: wait(slot)
        case .missing:
            loop.tellProxyTrouble()
            refuse(slot, .noProxyHeader)
        case .read(let length, let source):
            KernelBytes.drop(length, of: pending[slot].descriptor)
            pending[slot].awaitsProxyHeader = false
            guard let source else { return look(slot) }
            let index = pending[slot].socket.index
            clients[index] = source
            switch loop.budget.addresses?.admit(source, at: loop.sharedTick) ?? .free {
            case .free: look(slot)
            case .counted:
                counted[index] = source.key
                look(slot)
            case .refused(let refusal): refuse(slot, RequestFault(refusal), as: refusal)
            }
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

    func wait(_ slot: PendingConnections.Slot) {
        guard !pending[slot].isWatched else { return }
        pending[slot].isWatched = true
        if !loop.watch.add(pending[slot].descriptor, pending[slot].socket) { drop(pending[slot].socket.index) }
    }

    private func serve(_ slot: PendingConnections.Slot, _ head: RawHead) {
        switch head.kind {
        case .plain, .stream: begin(slot, head)
        case .handshake:
            if let refusal = loop.refusal(of: seen, from: pending[slot].socket) { return begin(slot, head, answering: refusal) }
            if pending[slot].isWatched { loop.watch.remove(pending[slot].descriptor) }
            let (socket, descriptor) = serve(slot)
            KernelBytes.drop(head.length, of: descriptor)
            loop.adopt(takingOwnership: descriptor, socket, seen)
        }
    }

    // MARK: Refusing

    private func refuse(_ slot: PendingConnections.Slot, _ fault: RequestFault, as refusal: ConnectionRefusal = .malformedHead) {
        loop.refused(refusal)
        let bytes = loop.hooks.response(fault).encoded(withoutBody: unsafe seen.bytes.span.begins(with: "HEAD "))
        let descriptor = pending[slot].descriptor
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) }
        shutdown(descriptor, Int32(SHUT_WR))
        pending[slot].stage = .leaving
        let index = pending[slot].socket.index
        wait(slot)
        if loop.table[index].pendingSlot == slot { drain(index, descriptor) }
    }

    /// Drops what a peer still sends that was answered, until it hangs up. One that sends too much is hung up on.
    func drain(_ index: Int, _ descriptor: Int32) {
        var left = Self.maxDropped - (dropped[index] ?? 0)
        while left > 0 {
            let count = KernelBytes.drop(left, of: descriptor)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                if left < Self.maxDropped { dropped[index] = Self.maxDropped - left }
                return
            }
            guard count > 0 else { break }
            left -= count
        }
        drop(index)
    }

    /// Bytes that are read of a peer after it was answered: more than any browser sends before it looks at the answer.
    private static let maxDropped = 4 << 20
}
