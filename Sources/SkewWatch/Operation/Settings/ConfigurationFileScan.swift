/// Walks over the file's object to find its keys, their lines, and the line where it stops being one: the decoder tells none of these.
///
/// Values are only passed over; the decoder reads them.
struct ConfigurationFileScan {
    struct Key: Equatable {
        let name: String
        let line: Int
    }

    /// The line of the first thing that does not belong there.
    struct Fault: Error, Equatable {
        let line: Int
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    /// The keys in their order; one that is given twice is there twice.
    static func keys(in bytes: [UInt8]) throws(Fault) -> [Key] {
        var scan = ConfigurationFileScan(bytes: bytes)
        return try scan.object()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        // Editors on Windows put a byte order mark at the start.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    private mutating func object() throws(Fault) -> [Key] {
        var found: [Key] = []
        try expect("{")
        while next() != UInt8(ascii: "}") {
            let start = line
            found.append(Key(name: try key(), line: start))
            try expect(":")
            try passValue()
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

    private mutating func key() throws(Fault) -> String {
        if next() == UInt8(ascii: "\"") || next() == UInt8(ascii: "'") { return try quotedText() }
        let text = bareText()
        if text.isEmpty { throw fault }
        return text
    }

    private mutating func passValue() throws(Fault) {
        var depth = 0
        repeat {
            switch next() {
            case nil: throw fault
            case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = try quotedText()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ":"), UInt8(ascii: ","):
                position += 1
                if depth == 0 { throw fault }
            default:
                let text = bareText()
                let isNumber = text.utf8.first.map { "+-.0123456789".utf8.contains($0) } ?? false
                guard isNumber || ["true", "false", "null", "Infinity", "NaN"].contains(text) || depth > 0 && !text.isEmpty else {
                    throw fault
                }
            }
            if depth < 0 { throw fault }
        } while depth > 0
    }

    /// The text between quotes; escapes stay as they are, since no setting's name has any.
    private mutating func quotedText() throws(Fault) -> String {
        let opening = fault
        let quote = bytes[position]
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == UInt8(ascii: "\\") { position += 1 }
            if position < bytes.count { advance() }
        }
        guard position < bytes.count else { throw opening }
        defer { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Letters, digits and what numbers have besides; empty where none of them stands.
    private mutating func bareText() -> String {
        let start = position
        while position < bytes.count, isalnumASCII(bytes[position]) || "_$+-.".utf8.contains(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
