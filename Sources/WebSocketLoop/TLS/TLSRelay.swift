internal import CLibuv
internal import CLinux
internal import Glibc

/// Passes on what a peer says through TLS, and what it is answered: between its connection and one end of a pair of sockets of our own,
/// whose far end is served like a connection without TLS. So there is one way of requests, whatever they came through, and
/// libwebsockets never sees bytes that the door has not judged.
///
/// It owns both descriptors. On its loop's thread.
@safe
final class TLSRelay {
    private let session: TLSSession
    /// The peer's own connection.
    let peer: Int32
    /// The end of the pair that is ours.
    let near: Int32
    /// Taken from the far end, but not by the peer yet.
    private var toPeer: [UInt8] = []
    /// Taken from the peer, but not by the far end yet.
    private var toServer: [UInt8] = []
    private var hasPeerEnded = false
    private var hasServerEnded = false
    /// Why the kernel ended the peer's connection; 0 where it did not.
    private(set) var error: Int32 = 0
    /// Bytes that the peer took so far.
    private(set) var sentBytes = 0

    /// - Parameters:
    ///   - peer: the connection that the session is over.
    ///   - near: one end of a pair.
    init(_ session: TLSSession, takingOwnershipOf peer: Int32, near: Int32) {
        self.session = session
        self.peer = peer
        self.near = near
    }

    deinit {
        close(peer)
        close(near)
    }

    /// Whether the peer's connection must take bytes again before this goes on.
    var awaitsPeer: Bool { !toPeer.isEmpty }
    /// The same of the far end.
    var awaitsServer: Bool { !toServer.isEmpty }

    /// Passes on what can be passed on now. What the far end does not read bounds what a peer can make it do at once.
    func turn(through scratch: UnsafeMutableRawBufferPointer) {
        unsafe passToServer(through: scratch)
        unsafe passToPeer(through: scratch)
    }

    /// The far end is closed: sends what is left, as far as it is taken at once, and takes leave.
    func finish(through scratch: UnsafeMutableRawBufferPointer) {
        unsafe passToPeer(through: scratch)
        endForPeer()
        // Closing with bytes unread would reset the connection, and the peer might never see the last ones.
        KernelBytes.drop(65_536, of: peer)
    }

    private func passToServer(through scratch: UnsafeMutableRawBufferPointer) {
        if !toServer.isEmpty { toServer.removeFirst(unsafe toServer.withUnsafeBytes { unsafe giveToServer($0) }) }
        while toServer.isEmpty, !hasPeerEnded {
            switch unsafe session.read(into: scratch) {
            case .done(let count):
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: scratch[..<count])
                let given = unsafe giveToServer(bytes)
                if given < count { unsafe toServer.append(contentsOf: bytes[given...]) }
            case .blocked: return
            case .ended:
                hasPeerEnded = true
                error = pendingError(of: peer)
                shutdown(near, Int32(SHUT_WR))
            }
        }
    }

    /// - Returns: how many were taken; all of them where nobody is there any more.
    private func giveToServer(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count = unsafe send(near, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        return count < 0 ? (errno == EAGAIN ? 0 : bytes.count) : count
    }

    private func passToPeer(through scratch: UnsafeMutableRawBufferPointer) {
        if !toPeer.isEmpty { toPeer.removeFirst(unsafe toPeer.withUnsafeBytes { unsafe giveToPeer($0) }) }
        while toPeer.isEmpty, !hasServerEnded {
            let count = unsafe recv(near, scratch.baseAddress, scratch.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            guard count > 0 else { return endForPeer() }
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: scratch[..<count])
            let given = unsafe giveToPeer(bytes)
            if given < count { unsafe toPeer.append(contentsOf: bytes[given...]) }
        }
    }

    /// - Returns: how many were taken; all of them where nobody is there any more.
    private func giveToPeer(_ bytes: UnsafeRawBufferPointer) -> Int {
        var given = 0
        while given < bytes.count {
            switch unsafe session.write(UnsafeRawBufferPointer(rebasing: bytes[given...])) {
            case .done(let count):
                given += count
                sentBytes += count
            case .blocked: return given
            case .ended: return bytes.count
            }
        }
        return given
    }

    private func endForPeer() {
        guard !hasServerEnded else { return }
        hasServerEnded = true
        session.sayGoodbye()
        shutdown(peer, Int32(SHUT_WR))
    }
}

/// Why the kernel ended a connection; 0 where it did not. Asking takes it back.
func pendingError(of descriptor: Int32) -> Int32 {
    var number: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
    return number
}
