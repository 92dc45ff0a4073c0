/// Percent-decoding of what a URL or a cookie carries.
enum PercentDecoding {
    /// How a query is decoded: `+` is a space, and what is no `%xx` stays as it is.
    static func query(_ bytes: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var offset = 0
        while offset < bytes.count {
            if let byte = escapedByte(at: offset, in: bytes) {
                result.append(byte)
                offset += 3
            } else {
                let byte = bytes[offset]
                result.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                offset += 1
            }
        }
        return result
    }

    /// How a cookie's value is decoded: all of it, or nil if one `%` is no `%xx` or the result is no UTF-8.
    static func cookie(_ bytes: Span<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "%") {
                guard let decoded = escapedByte(at: offset, in: bytes) else { return nil }
                result.append(decoded)
                offset += 3
            } else {
                result.append(byte)
                offset += 1
            }
        }
        return result.span.isUTF8 ? result : nil
    }

    /// The byte that `%xx` at `offset` stands for, nil if there is none.
    private static func escapedByte(at offset: Int, in bytes: Span<UInt8>) -> UInt8? {
        guard bytes[offset] == UInt8(ascii: "%"), offset + 2 < bytes.count,
            let high = hexadecimalValue(bytes[offset + 1]), let low = hexadecimalValue(bytes[offset + 2])
        else { return nil }
        return high << 4 | low
    }
}
