/// An address as this process alone can compare it: a hash with a key drawn at the start. Known of a client where its address
/// itself is not kept.
///
/// An IPv6 address counts by its first half, which is what one customer is given.
struct AddressHash: Hashable, Sendable {
    private let bits: UInt64

    init(_ address: NetworkAddress) {
        var hasher = Hasher()
        hasher.combine(Self.key.0)
        hasher.combine(Self.key.1)
        hasher.combine(address.network)
        bits = UInt64(truncatingIfNeeded: hasher.finalize())
    }

    /// Drawn from the system's secure source.
    private static let key = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
}

extension NetworkAddress {
    /// What stands for one customer: the whole address of IPv4, the first 64 bits of IPv6.
    var network: NetworkAddress { isIPv4 ? self : NetworkAddress(bits: (bits >> 64) << 64) }
}
