internal import Glibc
internal import WebSocketLoop

/// An IPv4 or IPv6 address as a number; IPv4 in its IPv6-mapped form, so that both compare. Or a Unix socket, whose peers have none.
package struct NetworkAddress: Sendable, Hashable {
    let bits: UInt128

    init(bits: UInt128) { self.bits = bits }

    init(_ peer: PeerAddress) { bits = peer.bits }

    /// All peers over Unix sockets.
    static let unix = NetworkAddress(.unix)

    /// As the loop counts it.
    var peer: PeerAddress { PeerAddress(bits: bits) }

    /// Reads a literal such as `192.0.2.1` or `2001:db8::1`, without brackets, port or zone; `nil` for anything else.
    package init?(_ text: String) {
        // A NUL would end the text early for the C function.
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            bits = Self.mappedPrefix | UInt128(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        bits = unsafe withUnsafeBytes(of: six) { bytes in
            var bits: UInt128 = 0
            for index in bytes.indices { bits = bits << 8 | UInt128(unsafe bytes[index]) }
            return bits
        }
    }

    /// Whether this is an IPv4 address, mapped or not.
    package var isIPv4: Bool { bits >> 32 == Self.mappedPrefix >> 32 }

    /// In network order: four bytes of IPv4, sixteen of IPv6.
    package var networkBytes: [UInt8] {
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: bits >> (8 * (15 - $0))) }
        return isIPv4 ? Array(bytes[12...]) : bytes
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool { bits == 1 || (isIPv4 && UInt32(truncatingIfNeeded: bits) >> 24 == 127) }

    /// Whether it stands for all addresses of this machine.
    var isWildcard: Bool { bits == 0 || bits == Self.mappedPrefix }

    private static let mappedPrefix: UInt128 = 0xffff << 32
}

extension NetworkAddress: CustomStringConvertible {
    /// The usual text: dotted for IPv4, mapped or not, RFC 5952 for IPv6; `unix:` for a Unix socket.
    package var description: String {
        guard self != .unix else { return peer.text }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            if isIPv4 {
                var address = in_addr(s_addr: UInt32(truncatingIfNeeded: bits).bigEndian)
                unsafe inet_ntop(AF_INET, &address, text.baseAddress!, socklen_t(text.count))
            } else {
                var bigEndian = bits.bigEndian
                unsafe inet_ntop(AF_INET6, &bigEndian, text.baseAddress!, socklen_t(text.count))
            }
            return unsafe String(cString: text.baseAddress!)
        }
    }
}
