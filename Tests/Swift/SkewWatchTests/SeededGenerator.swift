import Glibc

/// Random numbers that can be had again: each failure names its seed, and `SKEWWATCH_SEED=N` plays it back.
struct SeededGenerator: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init() {
        let given = unsafe getenv("SKEWWATCH_SEED").flatMap { unsafe UInt64(String(cString: $0)) }
        self.init(seed: given ?? .random(in: 0...UInt64(UInt32.max)))
    }

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
