/// Where the lines of a head lie in its bytes. One for each door, used again for every head, so that nothing is allocated.
final class HeadLines {
    /// A head has at most 16 KiB, so offsets fit.
    private struct Line {
        var hash: UInt64 = 0
        var nameStart: UInt16 = 0
        var nameEnd: UInt16 = 0
        var valueStart: UInt16 = 0
        var valueEnd: UInt16 = 0

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// What came before under the same name.
    enum Before: Equatable {
        case nothing
        case again
        /// It, or this one, is empty.
        case withEmpty
    }

    private var lines = InlineArray<88, Line>(repeating: Line())
    private(set) var count = 0

    func clear() { count = 0 }

    /// - Parameter hash: of the name in lower case. A head has few lines, so looking through them is cheap.
    func note(_ hash: UInt64, name: Range<Int>, value: Range<Int>) -> Before {
        var before = Before.nothing
        for index in 0..<count where lines[index].hash == hash {
            if before == .nothing { before = .again }
            if value.isEmpty || lines[index].value.isEmpty { before = .withEmpty }
        }
        lines[count] = Line(
            hash: hash, nameStart: UInt16(name.lowerBound), nameEnd: UInt16(name.upperBound), valueStart: UInt16(value.lowerBound),
            valueEnd: UInt16(value.upperBound))
        count += 1
        return before
    }

    /// The values of the lines of this name, without the blanks around them, in order; empty ones are left out.
    /// - Parameter name: in lower case.
    func forEachValue(of name: StaticString, in bytes: borrowing Span<UInt8>, _ body: (Range<Int>) -> Void) {
        for index in 0..<count where lines[index].name.count == name.utf8CodeUnitCount {
            guard !lines[index].value.isEmpty, bytes.equals(name, lines[index].name) else { continue }
            body(lines[index].value)
        }
    }

    /// The value of the last line of a name that only the settings know; nil where it is missing or empty.
    /// - Parameter name: in lower case.
    func lastValue(named name: [UInt8], in bytes: borrowing Span<UInt8>) -> Range<Int>? {
        var last: Range<Int>?
        for index in 0..<count where lines[index].name.count == name.count && !lines[index].value.isEmpty {
            let start = lines[index].name.lowerBound
            var isSame = true
            for offset in name.indices {
                let byte = bytes[start + offset]
                if (0x41...0x5A ~= byte ? byte | 0x20 : byte) != name[offset] { isSame = false }
            }
            if isSame { last = lines[index].value }
        }
        return last
    }
}
