/// Reads the file's object, member by member, each with its line: JSON with JSON5's comments, quotes, bare keys and commas.
struct ConfigurationFileScan {
    /// A member of the object.
    struct Member: Equatable {
        /// As it is written, escapes included.
        let key: String
        let line: Int
        /// The value as the text that a flag would have, a list with commas. `nil` for what no setting can be: null, a number that is
        /// none, an object, a list in a list, a list's part with a comma in it.
        let text: String?
    }

    /// The line of the first thing that does not belong there.
    struct Fault: Error, Equatable {
        let line: Int
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    /// The members in their order; one that is given twice is there twice.
    static func members(of bytes: [UInt8]) throws(Fault) -> [Member] {
        var scan = ConfigurationFileScan(bytes: bytes)
        return try scan.object()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        // Editors on Windows put a byte order mark at the start.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    private mutating func object() throws(Fault) -> [Member] {
        var found: [Member] = []
        try expect("{")
        while next() != UInt8(ascii: "}") {
            let start = line
            let key = try key()
            try expect(":")
            found.append(Member(key: key, line: start, text: try value()))
            if next() != UInt8(ascii: "}") { try expect(",") }
        }
        try expect("}")
        if next() != nil { throw fault }
        return found
    }

    private var fault: Fault { Fault(line: line) }

    /// The next byte that is neither space nor comment, where the scan then stands; `nil` at the end.
    private mutating func next() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
            case UInt8(ascii: "/") where bytes[position...].starts(with: "//".utf8):
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { advance() }
            case UInt8(ascii: "/") where bytes[position...].starts(with: "/*".utf8):
                position += 2
                while position < bytes.count, !bytes[position...].starts(with: "*/".utf8) { advance() }
                // A comment that does not end leaves fewer than two bytes.
                position = min(position + 2, bytes.count)
            default: return bytes[position]
            }
        }
        return nil
    }

    private mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private mutating func expect(_ sign: Unicode.Scalar) throws(Fault) {
        guard next() == UInt8(ascii: sign) else { throw fault }
        position += 1
    }

    // MARK: Values

    private mutating func value() throws(Fault) -> String? {
        guard next() == UInt8(ascii: "[") else { return try part() }
        position += 1
        var parts: [String] = []
        var isPlain = true
        while next() != UInt8(ascii: "]") {
            if let text = try part(), !text.contains(",") { parts.append(text) } else { isPlain = false }
            if next() != UInt8(ascii: "]") { try expect(",") }
        }
        position += 1
        return isPlain ? parts.joined(separator: ",") : nil
    }

    /// A value that is no list, or one in a list.
    private mutating func part() throws(Fault) -> String? {
        switch next() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let opening = fault
            guard let text = ConfigurationFileText.decode(try quotedBytes()) else { throw opening }
            return text
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try passNested()
            return nil
        default: return try word()
        }
    }

    private mutating func word() throws(Fault) -> String? {
        let text = bareText()
        switch text {
        case "true", "false": return text
        case "null", "Infinity", "NaN": return nil
        default:
            guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else { throw fault }
            return ConfigurationFileText.number(text)
        }
    }

    /// Passes over an object or a list without looking closely: no setting has such a value. Without recursion, however deep it is.
    private mutating func passNested() throws(Fault) {
        var depth = 0
        repeat {
            switch next() {
            case nil: throw fault
            case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = try quotedBytes()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ":"), UInt8(ascii: ","): position += 1
            default: if bareText().isEmpty { throw fault }
            }
        } while depth > 0
    }

    // MARK: Texts

    private mutating func key() throws(Fault) -> String {
        let text: String
        if next() == UInt8(ascii: "\"") || next() == UInt8(ascii: "'") {
            text = String(decoding: try quotedBytes(), as: UTF8.self)
        } else {
            text = bareText()
            if text.isEmpty { throw fault }
        }
        return text
    }

    /// What stands between quotes, escapes as they are.
    private mutating func quotedBytes() throws(Fault) -> ArraySlice<UInt8> {
        let opening = fault
        let quote = bytes[position]
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == UInt8(ascii: "\n") { throw opening }
            if bytes[position] == UInt8(ascii: "\\") { position += 1 }
            if position < bytes.count { advance() }
        }
        guard position < bytes.count else { throw opening }
        defer { position += 1 }
        return bytes[start..<position]
    }

    /// Letters, digits and what numbers have besides; empty where none of them stands.
    private mutating func bareText() -> String {
        let start = position
        while position < bytes.count, isalnumASCII(bytes[position]) || "_$+-.".utf8.contains(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}

/// What strings and numbers of the configuration file mean.
enum ConfigurationFileText {
    /// A string's bytes without its quotes, escapes resolved as JSON5 has them; `nil` where one is none or the bytes are not UTF-8.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let raw = String(validating: bytes, as: UTF8.self) else { return nil }
        var units: [UInt16] = []
        var rest = raw.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                units.append(contentsOf: UTF16.encode(scalar)!)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            switch escaped {
            case "u", "x":
                let digits = rest.prefix(escaped == "u" ? 4 : 2)
                guard digits.count == (escaped == "u" ? 4 : 2), digits.allSatisfy({ $0.properties.isASCIIHexDigit }),
                    let unit = UInt16(String(String.UnicodeScalarView(digits)), radix: 16)
                else { return nil }
                rest.removeFirst(digits.count)
                units.append(unit)
            case "1"..."9": return nil
            default: units.append(contentsOf: UTF16.encode(Self.controls[escaped] ?? escaped)!)
            }
        }
        // Half of a pair is no character.
        return String(validating: units, as: UTF16.self)
    }

    private static let controls: [Unicode.Scalar: Unicode.Scalar] = [
        "b": "\u{8}", "t": "\t", "n": "\n", "v": "\u{b}", "f": "\u{c}", "r": "\r", "0": "\0",
    ]

    /// A number as a flag would have it; `nil` where it is none.
    static func number(_ text: String) -> String? {
        let isNegative = text.first == "-"
        let digits = isNegative || text.first == "+" ? text.dropFirst() : text[...]
        let sign = isNegative ? "-" : ""
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
            return UInt32(digits.dropFirst(2), radix: 16).map { "\(sign)\($0)" }
        }
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        if let whole = Int(digits) { return "\(sign)\(whole)" }
        guard let number = Double(String(digits)), number.isFinite else { return nil }
        return Int(exactly: number).map { "\(sign)\($0)" } ?? "\(sign)\(number)"
    }
}
