/// A block of network addresses: one address, a CIDR such as `10.0.0.0/8` or `fd00::/8`, or `unix:` for the peers of Unix sockets.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    private let network: NetworkAddress
    private let mask: UInt128

    /// As it was written.
    package let description: String

    /// Reads an address, a CIDR or `unix:`; bits behind the prefix are ignored. `nil` for anything else.
    package init?(_ text: String) {
        guard text != NetworkAddress.unix.description else {
            (network, mask, description) = (.unix, .max, text)
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = NetworkAddress(String(parts[0])) else { return nil }
        let width = address.isIPv4 ? 32 : 128
        var prefix = width
        if parts.count == 2 {
            guard let given = Int(digits: parts[1]), 0...width ~= given else { return nil }
            prefix = given
        }
        let free = width - prefix
        mask = free == 128 ? 0 : UInt128.max << UInt128(free)
        network = NetworkAddress(bits: address.bits & mask)
        description = text
    }

    /// Whether the address lies in this block. An IPv4 address and its IPv6-mapped form are the same.
    package func contains(_ address: NetworkAddress) -> Bool {
        // No block of addresses has the peers of Unix sockets in it, however large it is.
        guard address != .unix else { return description == address.description }
        return address.bits & mask == network.bits
    }
}
