internal import Glibc

/// Which addresses a request may go to: a pure rule. What the name said does not matter, only where it leads.
enum PeerRule {
    /// - Parameter address: a socket address in the kernel's form.
    static func allows(_ address: UnsafeRawBufferPointer, _ peers: HTTPRequest.Peers) -> Bool {
        guard peers != .any else { return true }
        guard address.count >= 16 else { return false }
        switch unsafe Int32(address.load(as: sa_family_t.self)) {
        case AF_INET: return unsafe allows(four: Array(address[4..<8]), peers)
        case AF_INET6:
            guard address.count >= 24 else { return false }
            return unsafe allows(six: Array(address[8..<24]), peers)
        default: return false
        }
    }

    /// - Parameter bytes: of an IPv4 address, in network order.
    static func allows(four bytes: [UInt8], _ peers: HTTPRequest.Peers) -> Bool {
        switch bytes[0] {
        case 127, 0: peers != .notLocal
        case 169: bytes[1] != 254
        // Groups, and what is reserved with the broadcast at its end.
        case 224...255: false
        default: true
        }
    }

    /// - Parameter bytes: of an IPv6 address, in network order.
    static func allows(six bytes: [UInt8], _ peers: HTTPRequest.Peers) -> Bool {
        let (zeros, tail) = (bytes.prefix(10).allSatisfy { $0 == 0 }, Array(bytes[12...]))
        // Mapped IPv4, and the older form without a mark, of which :: and ::1 are two.
        if zeros, bytes[10] == 0xFF, bytes[11] == 0xFF { return allows(four: tail, peers) }
        if zeros, bytes[10] == 0, bytes[11] == 0 { return tail[0...2] == [0, 0, 0] ? peers != .notLocal : allows(four: tail, peers) }
        // NAT64 (RFC 6052) leads to IPv4.
        if bytes.starts(with: [0, 0x64, 0xFF, 0x9B]) { return allows(four: tail, peers) }
        return bytes[0] != 0xFF && !(bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80)
    }
}
