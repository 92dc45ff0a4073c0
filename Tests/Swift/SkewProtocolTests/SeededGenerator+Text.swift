import TestRandom

extension SeededGenerator {
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
