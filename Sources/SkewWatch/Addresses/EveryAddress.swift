internal import Glibc

/// The address that stands for all of this machine.
enum EveryAddress {
    /// `::` where the kernel has IPv6, which takes IPv4 as well; else `0.0.0.0`.
    static let host = hasIPv6 ? "::" : "0.0.0.0"

    /// Whether a socket of IPv6 can be bound: some containers and kernels have none.
    private static var hasIPv6: Bool {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        return unsafe withUnsafePointer(to: &address) { address in
            unsafe bind(
                descriptor, UnsafeRawPointer(address).assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_in6>.size))
                == 0
        }
    }
}
