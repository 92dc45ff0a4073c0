/// Finds the keys of the file's object and their lines: errors name the line, and a key given twice is seen, which the decoder tells neither of.
///
/// Works on text that the JSON5 decoder has accepted, so it need not find faults itself.
struct ConfigurationFileKeys {
    struct Key: Equatable {
        let name: String
        let line: Int
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    static func find(in bytes: [UInt8]) -> [Key] {
        var scan = ConfigurationFileKeys(bytes: bytes)
        return scan.keys()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func keys() -> [Key] {
        var found: [Key] = []
        var depth = 0
        var expectsKey = false
        while position < bytes.count {
            skipComment()
            guard position < bytes.count else { break }
            let start = line
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                expectsKey = depth == 1
                advance()
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                advance()
            case UInt8(ascii: ","):
                expectsKey = depth == 1
                advance()
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let name = quotedText()
                if expectsKey { found.append(Key(name: name, line: start)) }
                expectsKey = false
            case let byte where expectsKey && (isalnumASCII(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")):
                found.append(Key(name: bareText(), line: start))
                expectsKey = false
            default:
                advance()
            }
        }
        return found
    }

    private mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private mutating func skipComment() {
        guard bytes[position] == UInt8(ascii: "/"), position + 1 < bytes.count else { return }
        switch bytes[position + 1] {
        case UInt8(ascii: "/"):
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        case UInt8(ascii: "*"):
            position += 2
            while position < bytes.count {
                let ends = bytes[position] == UInt8(ascii: "/") && bytes[position - 1] == UInt8(ascii: "*")
                advance()
                if ends { return }
            }
        default: return
        }
    }

    /// The text between quotes; escapes stay as they are, since no setting's name has any.
    private mutating func quotedText() -> String {
        let quote = bytes[position]
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == UInt8(ascii: "\\") { position += 1 }
            if position < bytes.count { advance() }
        }
        let text = String(decoding: bytes[start..<min(position, bytes.count)], as: UTF8.self)
        position += 1
        return text
    }

    private mutating func bareText() -> String {
        let start = position
        while position < bytes.count, isalnumASCII(bytes[position]) || "_$-".utf8.contains(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
