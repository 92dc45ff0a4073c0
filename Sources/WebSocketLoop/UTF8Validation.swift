/// Checks text that arrives in pieces against the UTF-8 table of the Unicode standard (chapter 3, table 3-7), as it arrives.
///
/// libwebsockets has a check of its own that stays off: it takes pongs for text and cuts innocent peers off.
struct UTF8Validation {
    /// How many continuation bytes are still to come.
    private var remaining: UInt8 = 0
    /// What the next continuation byte may be: narrower than 80...BF right after E0, ED, F0 and F4.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    /// Whether the text so far ends between two characters.
    var isComplete: Bool { remaining == 0 }

    /// Takes the next piece.
    /// - Returns: false as soon as no continuation could make the text valid.
    mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if unsafe remaining == 0 && Self.isASCII(bytes) { return true }
        var index = 0
        let count = bytes.count
        while index < count {
            if remaining == 0 {
                while index + 8 <= count,
                    unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    index += 8
                }
                if index == count { break }
            }
            guard unsafe accept(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    /// Whether no byte is above 7F, by words: the last one may overlap the one before it. False for fewer than eight bytes.
    private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 8 else { return false }
        var all = unsafe bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
        for offset in stride(from: 0, to: bytes.count - 8, by: 8) {
            all |= unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        return all & 0x8080_8080_8080_8080 == 0
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        if remaining > 0 {
            guard (lower...upper).contains(byte) else { return false }
            (remaining, lower, upper) = (remaining - 1, 0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: remaining = 1
        case 0xE0: (remaining, lower) = (2, 0xA0)
        case 0xE1...0xEC, 0xEE, 0xEF: remaining = 2
        case 0xED: (remaining, upper) = (2, 0x9F)
        case 0xF0: (remaining, lower) = (3, 0x90)
        case 0xF1...0xF3: remaining = 3
        case 0xF4: (remaining, upper) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
