internal import CLibuv
internal import CLinux
internal import Glibc

extension WebSocketLoop {
    /// Whether a socket is there still; its index may have been given to another one.
    package func isOpen(_ socket: SocketID) -> Bool { table.index(of: socket) != nil }

    /// The address of the peer, or of whom it speaks for by the PROXY protocol; nil when it is gone.
    package func peerAddress(of socket: SocketID) -> PeerAddress? {
        guard let index = table.index(of: socket) else { return nil }
        if let client = door.clients[index] { return client }
        guard let descriptor = peerDescriptor(of: index) else { return nil }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe getpeername(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length) == 0
        }
        return isKnown ? PeerAddress(storage) : nil
    }
}
