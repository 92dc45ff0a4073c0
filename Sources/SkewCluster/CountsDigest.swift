/// A sum over names and counts that is kept as they change: two copies with the same digest hold, for all we care, the same counts.
///
/// It finds what was lost, not what was forged; for that there is the message authentication code.
package struct CountsDigest: Sendable, Equatable {
    package private(set) var value: UInt64 = 0

    package init() {}

    /// A name's count changed by `step`.
    package mutating func change(_ name: String, by step: Int) {
        value &+= Self.hash(name) &* UInt64(bitPattern: Int64(step))
    }

    /// FNV-1a over the bytes, then the finalizer of SplitMix64 so that all bits of a short name count.
    private static func hash(_ name: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}
