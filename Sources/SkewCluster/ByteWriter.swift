/// Writes what nodes tell each other: numbers as LEB128 varints, bytes and text by length, fields by tag.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func raw(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// Seven bits a byte, the lowest first.
    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func number(_ value: Int) { number(UInt64(max(0, value))) }

    /// Zigzag: small numbers of either sign are short.
    mutating func signed(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    /// Eight bytes, the lowest first: for what is evenly spread.
    mutating func word(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func text(_ value: String) {
        number(value.utf8.count)
        raw(value.utf8)
    }

    mutating func instance(_ value: InstanceID) {
        word(value.high)
        word(value.low)
    }

    mutating func milliseconds(_ value: Duration) { signed(value.wholeMilliseconds) }

    /// A field that a reader of an older schema skips by its length.
    mutating func field(_ tag: UInt64, _ write: (inout ByteWriter) -> Void) {
        var content = ByteWriter()
        write(&content)
        number(tag)
        number(content.bytes.count)
        raw(content.bytes)
    }
}

extension Duration {
    /// Rounded down.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// Rounded down.
    var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
