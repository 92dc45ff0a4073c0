internal import Glibc

/// Why a test's socket gave up.
public enum SocketFault: Error, Equatable {
    /// Nothing came, or nothing could be sent, for ``RawSocket/patience``.
    case timedOut
    /// The peer hung up, or the connection was reset.
    case ended
    /// A system call failed; its name and the error number.
    case failed(String, Int32)
    /// The bytes are not what the protocol says.
    case malformed(String)
}

/// A connection over loopback or a Unix socket whose waits end after half a minute. It knows bytes only, so that a test can send anything.
///
/// `@unchecked Sendable` because one task at a time uses it; the waits of ``receive()`` and ``hears(within:)`` are on another thread.
public final class RawSocket: @unchecked Sendable {
    /// How long any wait may take, in milliseconds.
    public static let patience: Int32 = 30_000

    private var descriptor: Int32

    /// Connects.
    /// - Parameters:
    ///   - host: `127.0.0.1` or `::1`; or `unix:` and the path of a socket, where the port means nothing.
    ///   - receiveBuffer: a small one makes the peer block early.
    public init(port: Int, host: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws(SocketFault) {
        let path = host.hasPrefix("unix:") ? Array(host.utf8.dropFirst("unix:".utf8.count)) : nil
        let isIPv6 = path == nil && host.contains(":")
        let family = path != nil ? AF_UNIX : isIPv6 ? AF_INET6 : AF_INET
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .failed("socket", errno) }
        if var size = receiveBuffer {
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var one: Int32 = 1
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        let status: Int32
        if let path {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            status = unsafe withUnsafeMutableBytes(of: &address) { storage in
                for (index, byte) in path.enumerated() { unsafe storage[2 + index] = byte }
                return unsafe connect(to: UnsafeRawBufferPointer(storage))
            }
        } else if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = in_port_t(port).bigEndian
            _ = unsafe inet_pton(AF_INET6, host, &address.sin6_addr)
            status = unsafe withUnsafeBytes(of: &address) { unsafe connect(to: $0) }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            _ = unsafe inet_pton(AF_INET, host, &address.sin_addr)
            status = unsafe withUnsafeBytes(of: &address) { unsafe connect(to: $0) }
        }
        guard status == 0 else { throw .failed("connect", errno) }
    }

    deinit { close() }

    private func connect(to address: UnsafeRawBufferPointer) -> Int32 {
        unsafe Glibc.connect(descriptor, address.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count))
    }

    /// Sends all bytes.
    public func write(_ bytes: [UInt8]) throws(SocketFault) {
        var sent = 0
        while sent < bytes.count {
            try wait(for: Int16(POLLOUT))
            let count = unsafe bytes.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0 {
                if errno == EAGAIN { continue }
                throw errno == EPIPE || errno == ECONNRESET ? .ended : .failed("send", errno)
            }
            sent += count
        }
    }

    /// Waits for bytes.
    /// - Returns: what came, at most `limit` bytes; empty when the peer has closed or reset the connection.
    func read(upTo limit: Int = 65_536) throws(SocketFault) -> [UInt8] {
        try wait(for: Int16(POLLIN))
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let received = unsafe recv(descriptor, buffer.baseAddress, limit, 0)
            failure = received < 0 ? errno : 0
            count = max(0, received)
        }
        guard failure == 0 || failure == ECONNRESET else { throw .failed("recv", failure) }
        return bytes
    }

    /// The next bytes, for a loop that waits for more: it throws where the connection has ended.
    public func receiveMore() async throws -> [UInt8] {
        let more = try await receive()
        if more.isEmpty { throw SocketFault.ended }
        return more
    }

    /// ``read(upTo:)`` for tests: the pool that the server's actors share is not blocked.
    public func receive() async throws -> [UInt8] { try await BlockingQueue.run { try self.read() } }

    /// Everything up to the end of the connection.
    public func receiveAll() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try await receive()
            if more.isEmpty { return bytes }
            bytes += more
        }
    }

    /// Whether bytes, or the end, can be read within `milliseconds`.
    public func hears(within milliseconds: Int32) async throws -> Bool {
        try await BlockingQueue.run { self.isReadable(within: milliseconds) }
    }

    /// Whether bytes, or the end, can be read within `milliseconds`.
    func isReadable(within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0
    }

    /// Whether the server, in this process, has its kernel hold back what is no full segment (`TCP_CORK`); false when it has hung up.
    public var isHeldBackByPeer: Bool {
        guard let own = unsafe Self.port(of: descriptor, getsockname) else { return false }
        for other in 0..<Int32(1024) where unsafe other != descriptor && Self.port(of: other, getpeername) == own {
            var (isCorked, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
            _ = unsafe getsockopt(other, Int32(IPPROTO_TCP), TCP_CORK, &isCorked, &size)
            return isCorked != 0
        }
        return false
    }

    private static func port(
        of descriptor: Int32, _ name: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> UInt16? {
        var (address, size) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe name(descriptor, $0, &size) }
        }
        return status == 0 && address.sin_family == sa_family_t(AF_INET) ? address.sin_port : nil
    }

    /// Segments with data that have come, as the kernel counts them.
    public var dataSegments: Int {
        // The C library's `tcp_info` ends before this field of the kernel's.
        unsafe withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { info in
            var size = socklen_t(info.count)
            guard unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, info.baseAddress, &size) == 0, size >= 156 else { return -1 }
            return unsafe Int(info.load(fromByteOffset: 152, as: UInt32.self))
        }
    }

    /// Sends FIN and goes on reading.
    public func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Sends RST instead of FIN.
    public func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close()
    }

    /// Closes the descriptor.
    public func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private func wait(for events: Int16) throws(SocketFault) {
        guard descriptor >= 0 else { throw .ended }
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        while true {
            let ready = unsafe poll(&entry, 1, Self.patience)
            if ready > 0 { return }
            if ready == 0 { throw .timedOut }
            if errno != EINTR { throw .failed("poll", errno) }
        }
    }
}
