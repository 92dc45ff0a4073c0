/// The names of headers that came before, as hashes: a head has at most 88 lines, so looking through them is cheap.
struct SeenNames {
    private var hashes = InlineArray<88, UInt64>(repeating: 0)
    private var count = 0
    /// Names that came with an empty value, as a bit for each of ``hashes``.
    private var empty: UInt128 = 0

    /// Notes a name.
    /// - Returns: whether it had come before.
    mutating func note(_ hash: UInt64) -> Bool {
        if index(of: hash) != nil { return true }
        hashes[count] = hash
        count += 1
        return false
    }

    /// The name came with an empty value.
    mutating func noteEmpty(_ hash: UInt64) {
        if let index = index(of: hash) { empty |= 1 << UInt128(index) }
    }

    /// Whether the name came with an empty value.
    func hasEmpty(_ hash: UInt64) -> Bool {
        guard empty != 0, let index = index(of: hash) else { return false }
        return empty >> UInt128(index) & 1 == 1
    }

    private func index(of hash: UInt64) -> Int? {
        for index in 0..<count where hashes[index] == hash { return index }
        return nil
    }
}

extension Span<UInt8> {
    /// Whether the first bytes are these.
    func begins(with text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for index in 0..<text.count where unsafe self[index] != text[index] { return false }
            return true
        }
    }

    /// Whether the bytes in `range` are these, whatever their case. `text` is in lower case.
    func equals(_ text: StaticString, _ range: Range<Int>) -> Bool {
        range.count == text.utf8CodeUnitCount && contains(text, in: range)
    }

    /// Whether these lie somewhere in `range`, whatever their case. `text` is in lower case.
    func contains(_ text: StaticString, in range: Range<Int>) -> Bool {
        text.withUTF8Buffer { text in
            guard range.count >= text.count else { return false }
            starts: for start in range.lowerBound...range.upperBound - text.count {
                for index in 0..<text.count where unsafe lowercased(at: start + index) != text[index] { continue starts }
                return true
            }
            return false
        }
    }

    /// Whether two parts hold the same, whatever the case of letters.
    func equals(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<a.count where lowercased(at: a.lowerBound + index) != lowercased(at: b.lowerBound + index) { return false }
        return true
    }

    private func lowercased(at index: Int) -> UInt8 {
        let byte = self[index]
        return (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
