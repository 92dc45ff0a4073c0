import Glibc

/// One address of a target, and its port.
enum Address: Equatable {
    /// In host order.
    case v4(UInt32, port: UInt16)
    /// 16 bytes in network order.
    case v6([UInt8], port: UInt16)

    /// Whether it is an address of this machine's own loopback network.
    var isLoopback: Bool {
        switch self {
        case .v4(let address, _): Loopback.isLoopback(v4: address)
        case .v6(let address, _): Loopback.isLoopback(v6: address)
        }
    }

    /// `AF_INET` or `AF_INET6`.
    var family: Int32 {
        switch self {
        case .v4: AF_INET
        case .v6: AF_INET6
        }
    }

    /// As a person writes it, without the port.
    var text: String {
        switch self {
        case .v4(let address, _): [24, 16, 8, 0].map { String(address >> UInt32($0) & 255) }.joined(separator: ".")
        case .v6(let address, _):
            stride(from: 0, to: 16, by: 2).map { String(Int(address[$0]) << 8 | Int(address[$0 + 1]), radix: 16) }.joined(separator: ":")
        }
    }

    /// Calls `connect` or `bind`: whatever takes a socket address.
    func withSocketAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        switch self {
        case .v4(let address, let port):
            var native = sockaddr_in()
            native.sin_family = sa_family_t(AF_INET)
            native.sin_port = port.bigEndian
            native.sin_addr.s_addr = address.bigEndian
            return unsafe withUnsafePointer(to: &native) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .v6(let address, let port):
            var native = sockaddr_in6()
            native.sin6_family = sa_family_t(AF_INET6)
            native.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &native.sin6_addr) { unsafe $0.copyBytes(from: address) }
            return unsafe withUnsafePointer(to: &native) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
    }
}
