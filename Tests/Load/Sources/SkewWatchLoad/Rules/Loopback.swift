/// Which addresses a load generator may aim at without being told twice: those of this machine.
enum Loopback {
    /// Whether an IPv4 address (in host order) is in 127.0.0.0/8.
    static func isLoopback(v4 address: UInt32) -> Bool { address >> 24 == 127 }

    /// Whether an IPv6 address is `::1`, or an IPv4 loopback address in its mapped form.
    static func isLoopback(v6 address: [UInt8]) -> Bool {
        guard address.count == 16 else { return false }
        if address.dropLast().allSatisfy({ $0 == 0 }) { return address[15] == 1 }
        return address[..<10].allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF && address[12] == 127
    }
}
