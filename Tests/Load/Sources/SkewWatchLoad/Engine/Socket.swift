import Glibc

/// The calls that make a socket and set it up.
enum Socket {
    /// Why there is none: an `errno`.
    struct Fault: Error {
        var code: Int32
    }

    /// Makes a socket and begins to connect it to `address`, from `source` where one is given. `receiveBuffer` is in bytes, `nil` the system's.
    /// - Throws: `Fault`; nothing is left open then.
    static func connect(to address: Address, from source: UInt32?, receiveBuffer: Int32?) throws(Fault) -> Int32 {
        let socket = Glibc.socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Fault(code: errno) }
        set(socket, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if let receiveBuffer { set(socket, SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
        if let source {
            // The port is then chosen at connect, for the pair of addresses: each source has all of them.
            set(socket, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, 1)
            let bound = unsafe Address.v4(source, port: 0).withSocketAddress { unsafe bind(socket, $0, $1) }
            guard bound == 0 else { throw abandon(socket) }
        }
        let result = unsafe address.withSocketAddress { unsafe Glibc.connect(socket, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else { throw abandon(socket) }
        return socket
    }

    /// How a connection that was begun came out: 0, or an `errno`.
    static func outcome(of socket: Int32) -> Int32 {
        var fault: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(socket, SOL_SOCKET, SO_ERROR, &fault, &size)
        return fault
    }

    /// Makes closing a reset.
    static func resetsOnClose(_ socket: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    }

    private static func abandon(_ socket: Int32) -> Fault {
        let fault = Fault(code: errno)
        close(socket)
        return fault
    }

    private static func set(_ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        unsafe setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
