/// The public name of one connection: a UUID of version 4. It is what rows and `yourId` show.
package struct ConnectionID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, in the order of the text.
    package let high: UInt64
    /// The last eight bytes, in the order of the text.
    package let low: UInt64

    /// The number of ASCII bytes of the text form.
    package static let textLength = 36

    /// Makes a version 4 UUID out of 128 random bits; six of them are overwritten by version and variant.
    package init(randomHigh: UInt64, randomLow: UInt64) {
        high = randomHigh & 0xFFFF_FFFF_FFFF_0FFF | 0x0000_0000_0000_4000
        low = randomLow & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, hexadecimal digits in either case; nil for anything else.
    ///
    /// Version and variant are not looked at: a read id is only ever compared with ours.
    package init?(_ text: some StringProtocol) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var position = 0
        for byte in text.utf8 {
            if Self.isHyphen(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard position < Self.textLength, let digit = Self.value(ofDigit: byte) else { return nil }
                if position < 18 { high = high << 4 | digit } else { low = low << 4 | digit }
            }
            position += 1
        }
        guard position == Self.textLength else { return nil }
        self.high = high
        self.low = low
    }

    /// The text form in lower case.
    package var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the 36 ASCII bytes of the text form in lower case.
    package func append(to bytes: inout [UInt8]) {
        var position = bytes.count
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "-"), count: Self.textLength))
        var text = bytes.mutableSpan
        Self.write(high >> 32, digits: 8, at: &position, in: &text)
        Self.write(high >> 16, digits: 4, at: &position, in: &text)
        Self.write(high, digits: 4, at: &position, in: &text)
        Self.write(low >> 48, digits: 4, at: &position, in: &text)
        Self.write(low, digits: 12, at: &position, in: &text)
    }

    /// Writes the lowest digits of a value and steps over them and the hyphen that follows.
    @inline(__always)
    private static func write(_ value: UInt64, digits: Int, at position: inout Int, in text: inout MutableSpan<UInt8>) {
        for digit in 0..<digits {
            let nibble = UInt8(truncatingIfNeeded: value >> UInt64((digits - 1 - digit) * 4)) & 0xF
            text[position + digit] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") - 10 + nibble
        }
        position += digits + 1
    }

    private static func isHyphen(_ position: Int) -> Bool {
        position == 8 || position == 13 || position == 18 || position == 23
    }

    private static func value(ofDigit byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
