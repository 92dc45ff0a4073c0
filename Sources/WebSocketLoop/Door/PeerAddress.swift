internal import CLibuv
internal import CLinux
internal import Glibc

/// Where a connection comes from, as the kernel says: an IPv6 address as a number, IPv4 in its mapped form (`::ffff:192.0.2.1`), or a
/// Unix socket.
package struct PeerAddress: Sendable, Hashable {
    package let bits: UInt128

    /// All peers over Unix sockets: they have no address, and no other peer has this one.
    package static let unix = PeerAddress(bits: .max)

    package init(bits: UInt128) { self.bits = bits }

    /// Reads what `accept4` and `getpeername` fill; nil for a peer of another family.
    init?(_ storage: borrowing sockaddr_storage) {
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = unsafe withUnsafeBytes(of: storage) { unsafe $0.load(fromByteOffset: 4, as: UInt32.self) }
            bits = 0xFFFF << 32 | UInt128(UInt32(bigEndian: address))
        case AF_INET6:
            let (high, low) = unsafe withUnsafeBytes(of: storage) {
                unsafe ($0.load(fromByteOffset: 8, as: UInt64.self), $0.load(fromByteOffset: 16, as: UInt64.self))
            }
            bits = UInt128(UInt64(bigEndian: high)) << 64 | UInt128(UInt64(bigEndian: low))
        case AF_UNIX:
            self = .unix
        default:
            return nil
        }
    }

    /// What limits count by.
    package var key: AddressKey { AddressKey(self) }

    /// Whether it can't be reached from the internet: this machine, its Unix sockets, private networks, providers' own, and single links.
    package var isPrivate: Bool {
        guard bits >> 32 == 0xFFFF else {
            return self == .unix || bits <= 1 || bits >> 121 == 0xFC >> 1 || bits >> 118 == 0xFE80 >> 6
        }
        let address = UInt32(truncatingIfNeeded: bits)
        switch address >> 24 {
        case 0, 10, 127: return true
        case 100: return address >> 22 == 100 << 2 | 1
        case 169: return address >> 16 == 169 << 8 | 254
        case 172: return address >> 20 == 172 << 4 | 1
        case 192: return address >> 16 == 192 << 8 | 168
        default: return false
        }
    }
}

/// What limits count a peer by: an IPv4 address, or the first half of an IPv6 address, which is what one customer is given.
package struct AddressKey: Sendable, Hashable {
    private let bits: UInt64

    package init(_ address: PeerAddress) {
        let isIPv4 = address.bits >> 32 == 0xFFFF
        // No /64 of a peer begins with 32 ones.
        bits =
            isIPv4
            ? 0xFFFF_FFFF << 32 | UInt64(truncatingIfNeeded: address.bits & 0xFFFF_FFFF) : UInt64(truncatingIfNeeded: address.bits >> 64)
    }

    /// All peers without an address count as one.
    static let unknown = PeerAddress.unix.key
}
