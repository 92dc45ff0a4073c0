/// Names one run of one node: 128 random bits, drawn at its start. A node that restarts is another instance, so nothing that was said
/// of the former run can be taken for the new one.
package struct InstanceID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }

    /// Draws one.
    package init(using random: inout some RandomNumberGenerator) {
        self.init(high: random.next(), low: random.next())
    }

    /// The four bytes that stand for it in the list of whom a node hears. Two of 128 nodes share them once in half a million clusters;
    /// then a node that is not heard notices it by its echo alone.
    package var mark: UInt32 { UInt32(truncatingIfNeeded: low) }

    package static func < (left: InstanceID, right: InstanceID) -> Bool { (left.high, left.low) < (right.high, right.low) }

    /// 32 hexadecimal digits.
    package var description: String {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
