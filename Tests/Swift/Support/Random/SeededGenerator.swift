/// Random numbers that can be had again: SplitMix64 (public domain, Vigna), the same history for the same seed on every machine.
package struct SeededGenerator: RandomNumberGenerator {
    /// For what a test says when it fails.
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// With a new seed, or the one that SKEWWATCH_SEED names.
    package init() { self.init(seed: Seeds.given ?? .random(in: 0...UInt64(UInt32.max))) }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
