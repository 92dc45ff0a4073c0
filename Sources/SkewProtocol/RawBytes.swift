internal import Glibc

/// The few ways this module reads the bytes a peer sent. Every access is bounds checked; nothing here outlives the span.
extension Span<UInt8> {
    /// True if these bytes are exactly those of `literal`.
    func matches(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBytes { bytes in unsafe bytes.isEmpty || memcmp(bytes.baseAddress!, literal.utf8Start, bytes.count) == 0 }
    }

    /// True if these bytes are exactly the UTF-8 of `text`.
    func matches(_ text: String) -> Bool {
        let expected = text.utf8.span
        guard count == expected.count else { return false }
        return unsafe withUnsafeBytes { bytes in
            unsafe expected.withUnsafeBytes { unsafe bytes.isEmpty || memcmp(bytes.baseAddress!, $0.baseAddress!, bytes.count) == 0 }
        }
    }

    /// The first offset of `wanted` at or after `start`, or the end.
    func firstOffset(of wanted: UInt8, from start: Int) -> Int {
        var offset = start
        while offset < count, self[offset] != wanted { offset += 1 }
        return offset
    }

    /// True if these bytes are well-formed UTF-8.
    var isUTF8: Bool { (try? UTF8Span(validating: self)) != nil }

    /// These bytes as text, with U+FFFD for what is no UTF-8.
    var text: String {
        unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A copy of these bytes.
    var copy: [UInt8] {
        unsafe withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }
}

/// The value of a hexadecimal digit in either case, nil for any other byte.
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
