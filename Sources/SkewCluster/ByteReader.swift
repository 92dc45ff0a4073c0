/// Why a message from the bus was not taken: a closed set. The raw value is the label of a metric.
package enum MessageError: String, Error, Sendable, CaseIterable {
    /// It ends in the middle of something, or a number in it has no end.
    case truncated
    /// It is none of ours.
    case magic
    /// A value in it cannot be: a name with control characters, an unknown kind, a list that is too long.
    case value
    /// It lacks something that every message of its kind has.
    case missing
    /// It is longer than may be, or its parts do not fit together.
    case size
}

/// Reads what ``ByteWriter`` wrote, from a peer that may be hostile: nothing is allocated for what is merely promised.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    var isAtEnd: Bool { index == bytes.endIndex }

    /// Everything that was not read yet.
    var rest: ArraySlice<UInt8> { bytes[index...] }

    mutating func byte() throws(MessageError) -> UInt8 {
        guard index < bytes.endIndex else { throw .truncated }
        defer { index += 1 }
        return bytes[index]
    }

    mutating func raw(_ count: Int) throws(MessageError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.endIndex - index else { throw .truncated }
        defer { index += count }
        return bytes[index..<index + count]
    }

    mutating func number() throws(MessageError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let next = try byte()
            // The tenth byte has room for one bit.
            guard shift < 63 || next <= 1 else { throw .value }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
        }
        throw .value
    }

    /// A number of things, at most `limit`.
    mutating func count(upTo limit: Int) throws(MessageError) -> Int {
        let value = try number()
        guard value <= UInt64(limit) else { throw .value }
        return Int(value)
    }

    mutating func signed() throws(MessageError) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func word() throws(MessageError) -> UInt64 {
        var value: UInt64 = 0
        for (place, byte) in try raw(8).enumerated() { value |= UInt64(byte) << UInt64(8 * place) }
        return value
    }

    /// Text that may be shown: UTF-8 without control characters, at most `limit` bytes.
    mutating func text(upTo limit: Int) throws(MessageError) -> String {
        let content = try raw(try count(upTo: limit))
        guard let text = String(validating: content, as: UTF8.self) else { throw .value }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }) else { throw .value }
        return text
    }

    mutating func instance() throws(MessageError) -> InstanceID { InstanceID(high: try word(), low: try word()) }

    /// A span of at most a year either way.
    mutating func milliseconds() throws(MessageError) -> Duration {
        let value = try signed()
        guard abs(value) < 31_536_000_000 else { throw .value }
        return .milliseconds(value)
    }

    /// The next field: its tag and its content.
    mutating func field() throws(MessageError) -> (tag: UInt64, content: ByteReader) {
        let tag = try number()
        let length = try count(upTo: bytes.count)
        return (tag, ByteReader(try raw(length)))
    }
}
