internal import CLibuv
internal import CLinux
internal import Glibc

extension WebSocketLoop {
    /// The address of the peer as text, or of whom it speaks for by the PROXY protocol; IPv4 also where it came over an IPv6 socket; nil when it is gone.
    package func peerAddress(of socket: SocketID) -> String? {
        guard let index = table.index(of: socket) else { return nil }
        return door.clients[index]?.text ?? descriptor(of: index).flatMap { peerAddressText(of: $0) }
    }
}

/// The peer's address of a connected socket as text.
private func peerAddressText(of descriptor: Int32) -> String? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
        let base = bytes.baseAddress!
        guard unsafe getpeername(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0 else { return nil }
        let isIPv6 = unsafe base.load(as: sa_family_t.self) == AF_INET6
        // sin_addr lies at offset 4, sin6_addr at offset 8.
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            guard unsafe inet_ntop(isIPv6 ? AF_INET6 : AF_INET, base + (isIPv6 ? 8 : 4), text.baseAddress!, 64) != nil else { return nil }
            let address = unsafe String(cString: text.baseAddress!)
            return address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
        }
    }
}
