internal import CLibuv
internal import CLinux
internal import Glibc

/// The listening socket that a supervisor opened for this process (`LISTEN_FDS`, as of systemd): it outlives a restart, and what comes
/// meanwhile waits in it.
package enum ActivatedSocket {
    /// The first descriptor that is handed over.
    private static let first: Int32 = 3

    /// The socket as `count` descriptors, one for each loop; nil where none was handed over to this process.
    /// - Parameters:
    ///   - variable: asks the environment of this process: `LISTEN_PID` must name it.
    ///   - descriptor: the one that was handed over, where it is not the usual one.
    /// - Throws: when what was handed over is no one TCP socket that listens.
    package static func take(
        count: Int, variable: (String) -> String? = { name in unsafe getenv(name).map { unsafe String(cString: $0) } },
        descriptor: Int32? = nil
    ) throws(LoopError) -> ListeningSockets? {
        guard let text = variable("LISTEN_FDS"), variable("LISTEN_PID") == "\(getpid())" else { return nil }
        let number = descriptor ?? first
        guard text == "1", let port = port(of: number) else { throw .activationNotUsable }
        var descriptors: [Int32] = []
        for _ in 0..<count {
            let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else {
                let failure = errno
                for descriptor in descriptors { Glibc.close(descriptor) }
                throw .notListening(host: "the supervisor's socket", port: port, errno: failure)
            }
            descriptors.append(copy)
        }
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
        SocketOptions.prepare(number)
        Glibc.close(number)
        return ListeningSockets(port: port, descriptors: descriptors)
    }

    /// The port that a TCP socket listens on; nil for anything else.
    private static func port(of descriptor: Int32) -> Int? {
        func option(_ name: Int32) -> Int32 {
            var value: Int32 = -1
            var size = socklen_t(MemoryLayout<Int32>.size)
            _ = unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &size)
            return value
        }
        guard option(SO_ACCEPTCONN) == 1, option(SO_TYPE) == Int32(SOCK_STREAM.rawValue),
            option(SO_DOMAIN) == AF_INET || option(SO_DOMAIN) == AF_INET6
        else { return nil }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            let base = bytes.baseAddress!
            guard unsafe getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0 else { return nil }
            // sin_port and sin6_port lie at the same offset, in network order.
            return unsafe Int(UInt16(bigEndian: base.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }
}
