/// Where the lines of a head lie in its bytes. One for each door, used again for every head, so that nothing is allocated.
final class HeadLines {
    /// A head has at most 16 KiB, so offsets fit.
    private struct Line {
        var hash: UInt64 = 0
        var nameStart: UInt16 = 0
        var nameEnd: UInt16 = 0
        var valueStart: UInt16 = 0
        var valueEnd: UInt16 = 0
        /// nil for one without a meaning here.
        var header: RequestHead.Header?

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
    /// The headers that have lines, those that have empty ones, and those that have several that are not empty.
    private var (seen, empty, several) = (HeaderSet(), HeaderSet(), HeaderSet())
    /// By header, the last line that is not empty; valid for those that are in ``filled``.
    private var last = InlineArray<40, UInt8>(repeating: 0)
    private var filled = HeaderSet()

    func clear() {
        count = 0
        (seen, empty, several, filled) = (HeaderSet(), HeaderSet(), HeaderSet(), HeaderSet())
    }

    /// - Parameters:
    ///   - hash: of the name in lower case.
    ///   - header: which one it is, of those that have a meaning.
    func note(_ hash: UInt64, _ header: RequestHead.Header?, name: Range<Int>, value: Range<Int>) -> Before {
        let before = header.map { known($0, isEmpty: value.isEmpty) } ?? unknown(hash, isEmpty: value.isEmpty)
        lines[count] = Line(
            hash: hash, nameStart: UInt16(name.lowerBound), nameEnd: UInt16(name.upperBound), valueStart: UInt16(value.lowerBound),
            valueEnd: UInt16(value.upperBound), header: header)
        count += 1
        return before
    }

    private func known(_ header: RequestHead.Header, isEmpty: Bool) -> Before {
        let before: Before = !seen.contains(header) ? .nothing : isEmpty || empty.contains(header) ? .withEmpty : .again
        seen.insert(header)
        if isEmpty {
            empty.insert(header)
        } else {
            if filled.contains(header) { several.insert(header) }
            filled.insert(header)
            last[Int(header.rawValue)] = UInt8(count)
        }
        return before
    }

    /// A head has few lines, so looking through them is cheap.
    private func unknown(_ hash: UInt64, isEmpty: Bool) -> Before {
        var before = Before.nothing
        for index in 0..<count where lines[index].hash == hash {
            if before == .nothing { before = .again }
            if isEmpty || lines[index].value.isEmpty { before = .withEmpty }
        }
        return before
    }

    // MARK: What a header says

    /// Where the value of its last line lies, without the blanks around it; nil where it is missing or empty.
    func lastValue(of header: RequestHead.Header) -> Range<Int>? {
        filled.contains(header) ? lines[Int(last[Int(header.rawValue)])].value : nil
    }

    /// Whether it has more than one line that is not empty.
    func isSeveral(_ header: RequestHead.Header) -> Bool { several.contains(header) }

    /// The values of its lines, in order; empty ones are left out.
    func forEachValue(of header: RequestHead.Header, _ body: (Range<Int>) -> Void) {
        guard several.contains(header) else {
            if let value = lastValue(of: header) { body(value) }
            return
        }
        for index in 0..<count where lines[index].header == header && !lines[index].value.isEmpty { body(lines[index].value) }
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

/// Headers as bits.
private struct HeaderSet {
    private var bits: UInt64 = 0

    func contains(_ header: RequestHead.Header) -> Bool { bits >> UInt64(header.rawValue) & 1 == 1 }
    mutating func insert(_ header: RequestHead.Header) { bits |= 1 << UInt64(header.rawValue) }
}
