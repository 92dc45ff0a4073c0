/// SplitMix64: the same history for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A string of up to `length` scalars, of all kinds that ever broke an encoder.
    mutating func text(upTo length: Int) -> String {
        var view = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...length, using: &self) {
            let value: UInt32 =
                switch UInt8.random(in: 0..<8, using: &self) {
                case 0: .random(in: 0...0x1F, using: &self)
                case 1: [0x22, 0x5C, 0x2F, 0x7F, 0x2028, 0x2029, 0x3C, 0xFEFF, 0xFFFD, 0xFFFF].randomElement(using: &self) ?? 0
                case 2: .random(in: 0x80...0x2FF, using: &self)
                case 3: .random(in: 0x300...0xFFFF, using: &self)
                case 4: .random(in: 0x10000...0x10FFFF, using: &self)
                default: .random(in: 0x20...0x7E, using: &self)
                }
            view.append(Unicode.Scalar(value) ?? "\u{FFFD}")
        }
        return String(view)
    }
}
