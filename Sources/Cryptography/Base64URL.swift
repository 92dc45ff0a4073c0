internal import CLibcrypto

/// base64url without padding (RFC 4648, section 5; RFC 7515, section 2).
package enum Base64URL {
    package static func encode(_ bytes: [UInt8]) -> String {
        guard !bytes.isEmpty else { return "" }
        // Three bytes are four characters, and the library writes a NUL behind them.
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        let count = unsafe Int(EVP_EncodeBlock(&text, bytes, Int32(bytes.count)))
        let characters = text.prefix(count).prefix { $0 != UInt8(ascii: "=") }
        return String(
            decoding: characters.map { character in
                switch character {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: character
                }
            }, as: UTF8.self)
    }

    /// nil for any other character, padding, an impossible length, or bits left over: each value has one spelling.
    package static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        let characters = Array(text)
        guard characters.count % 4 != 1, characters.count < 1 << 30 else { return nil }
        guard !characters.isEmpty else { return [] }
        var standard: [UInt8] = []
        standard.reserveCapacity(characters.count + 3)
        for character in characters {
            switch character {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            default: standard.append(character)
            }
        }
        let padding = (4 - characters.count % 4) % 4
        standard += [UInt8](repeating: UInt8(ascii: "="), count: padding)
        var bytes = [UInt8](repeating: 0, count: standard.count / 4 * 3)
        // The library passes over blanks and bits left over; what it made of them is written otherwise than it was read.
        guard unsafe EVP_DecodeBlock(&bytes, standard, Int32(standard.count)) == bytes.count else { return nil }
        bytes.removeLast(padding)
        return encode(bytes).utf8.elementsEqual(characters) ? bytes : nil
    }
}
