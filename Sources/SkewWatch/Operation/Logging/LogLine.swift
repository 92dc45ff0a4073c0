/// One event of the log as one line.
struct LogLine {
    let time: LogTime
    let level: String
    let message: String
    let fields: [Field]
    /// Written in JSON alone; nil where nobody has to tell processes apart.
    var origin: LogOrigin?

    struct Field {
        var name: String
        var value: String
        /// Whether the value is a number, which JSON writes as one.
        var isNumber = false
    }

    /// Longest message or value, in bytes before escaping: what clients send can be as long as a message.
    static let longest = 1024

    /// The line, newline included.
    func bytes(_ format: LogFormat) -> [UInt8] {
        switch format {
        case .text: Array(text.utf8)
        case .json: Array(json.utf8)
        }
    }

    private var text: String {
        let padding = String(repeating: " ", count: max(0, 8 - level.utf8.count))
        var line = "\(time.text) \(level)\(padding) \(escaped(message, quotes: false))"
        for (name, value) in fields.map({ ($0.name, $0.value) }) {
            let isPlain = !value.isEmpty && !value.unicodeScalars.contains { " \"=\\".unicodeScalars.contains($0) || $0.isUnsafeInLine }
            line += " \(escaped(name, quotes: true))=" + (isPlain ? cut(value) : "\"\(escaped(value, quotes: true))\"")
        }
        return line + "\n"
    }

    private var json: String {
        var line = #"{"time":"\#(time.text)","level":"\#(level)","message":""# + escapedForJSON(message) + "\""
        if let origin {
            line += ",\"service\":\"\(origin.service)\",\"version\":\"\(origin.version)\",\"pid\":\(origin.process)"
        }
        for field in fields {
            // A field cannot take the place of the event's own.
            let key = Self.ownNames.contains(field.name) ? "\(field.name)_" : field.name
            let value = field.isNumber ? field.value : "\"\(escapedForJSON(field.value))\""
            line += ",\"\(escapedForJSON(key))\":\(value)"
        }
        return line + "}\n"
    }

    private static let ownNames: Set = ["time", "level", "message", "service", "version", "pid"]

    private func escaped(_ text: String, quotes: Bool) -> String {
        var line = ""
        for scalar in cut(text).unicodeScalars {
            line += !quotes && scalar == "\"" ? "\"" : scalar.escapedForLine
        }
        return line
    }

    private func escapedForJSON(_ text: String) -> String {
        var line = ""
        for scalar in cut(text).unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            default:
                if scalar.isUnsafeInLine {
                    for unit in UTF16.encode(scalar)! {
                        let hex = String(unit, radix: 16)
                        line += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                    }
                } else {
                    line.unicodeScalars.append(scalar)
                }
            }
        }
        return line
    }

    /// Text that is too long ends with an ellipsis, at the end of a whole scalar.
    private func cut(_ text: String) -> String {
        guard text.utf8.count > Self.longest else { return text }
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            if count > Self.longest { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }
}
