internal import CLibcrypto

/// Comparison that tells nothing by the time it takes.
package enum ConstantTime {
    /// Whether both have the same bytes. Takes time by their count alone; another count is no secret.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe CRYPTO_memcmp(left, right, left.count) == 0
    }
}
