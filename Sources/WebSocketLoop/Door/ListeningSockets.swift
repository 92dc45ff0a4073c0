internal import CLibuv
internal import CLinux
internal import Glibc

/// Where a server listens, with a descriptor for each loop: TCP sockets on one address and port, opened with `SO_REUSEPORT` so that the
/// kernel spreads the connections over them, or one Unix socket (``SocketFile``).
///
/// For TCP the kernel would spread them over the sockets of two servers of one user as well, and each would count its share. So a socket
/// without that option is bound first, which fails where somebody listens; unless the new server is to take over from the old one.
package struct ListeningSockets: Sendable {
    /// The port that is really listened on: the one asked for, or the one the system chose for port 0; 0 for a Unix socket.
    package let port: Int
    /// Open descriptors, one per loop. Whoever takes one closes it.
    let descriptors: [Int32]
    /// The Unix socket that is listened on; nil for TCP.
    package let file: SocketFile?

    init(port: Int, descriptors: [Int32], file: SocketFile? = nil) {
        (self.port, self.descriptors, self.file) = (port, descriptors, file)
    }

    /// Opens `count` sockets.
    ///
    /// The address `::` takes IPv4 as well.
    /// - Parameters:
    ///   - host: an IPv4 or IPv6 address, or a name; the first address it resolves to is used.
    ///   - takesOver: whether another process of ours may listen there already.
    package static func open(host: String, port: Int, count: Int, takesOver: Bool = false) throws(LoopError) -> ListeningSockets {
        var address = try resolve(host: host, port: port)
        if port != 0, !takesOver { Glibc.close(try bind(&address, host: host, port: port, isShared: false)) }
        var descriptors: [Int32] = []
        var chosen = port
        for _ in 0..<count {
            let descriptor: Int32
            do {
                descriptor = try listen(&address, host: host, port: chosen)
            } catch {
                for descriptor in descriptors { Glibc.close(descriptor) }
                throw error
            }
            descriptors.append(descriptor)
            chosen = boundPort(of: descriptor, into: &address)
        }
        return ListeningSockets(port: chosen, descriptors: descriptors)
    }

    /// Closes the sockets that nobody took: those from `index` on.
    package func close(from index: Int) {
        for descriptor in descriptors.dropFirst(index) { Glibc.close(descriptor) }
    }

    private static func resolve(host: String, port: Int) throws(LoopError) -> Address {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0, let first = unsafe found else {
            throw .hostNotResolved(host)
        }
        defer { unsafe freeaddrinfo(first) }
        var address = Address()
        address.length = unsafe first.pointee.ai_addrlen
        unsafe withUnsafeMutableBytes(of: &address.storage) { storage in
            unsafe storage.copyMemory(
                from: UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: Int(first.pointee.ai_addrlen)))
        }
        return address
    }

    private static func listen(_ address: inout Address, host: String, port: Int) throws(LoopError) -> Int32 {
        let descriptor = try bind(&address, host: host, port: port, isShared: true)
        SocketOptions.prepare(descriptor)
        guard Glibc.listen(descriptor, 4096) == 0 else { throw failure(of: descriptor, host: host, port: port) }
        return descriptor
    }

    /// - Parameter isShared: whether the address may be listened on by other sockets of the same user.
    private static func bind(_ address: inout Address, host: String, port: Int, isShared: Bool) throws(LoopError) -> Int32 {
        let family = Int32(address.storage.ss_family)
        let descriptor = socket(
            family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .notListening(host: host, port: port, errno: errno) }
        // Connections of a server that has ended do not keep the port from the next one.
        SocketOptions.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if isShared { SocketOptions.set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
        if family == AF_INET6 { SocketOptions.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        let length = address.length
        let isBound = unsafe withUnsafePointer(to: &address.storage) { storage in
            unsafe Glibc.bind(descriptor, UnsafeRawPointer(storage).assumingMemoryBound(to: sockaddr.self), length) == 0
        }
        guard isBound else { throw failure(of: descriptor, host: host, port: port) }
        return descriptor
    }

    /// What the call that failed left in `errno`. Closes the descriptor.
    private static func failure(of descriptor: Int32, host: String, port: Int) -> LoopError {
        let number = errno
        Glibc.close(descriptor)
        return number == EADDRINUSE ? .addressInUse(host: host, port: port) : .notListening(host: host, port: port, errno: number)
    }

    private static func boundPort(of descriptor: Int32, into address: inout Address) -> Int {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutableBytes(of: &address.storage) { storage in
            let base = storage.baseAddress!
            _ = unsafe getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length)
            // sin_port and sin6_port lie at the same offset, in network order.
            return unsafe Int(UInt16(bigEndian: base.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    private struct Address {
        var storage = sockaddr_storage()
        var length = socklen_t(0)
    }
}
