extension Unicode.Scalar {
    /// Whether it could break a line, steer a terminal, or hide or turn around the text beside it.
    var isUnsafeInLine: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }

    /// Itself or, where it is unsafe or would end the quotes around it, an escape.
    var escapedForLine: String {
        switch self {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: isUnsafeInLine ? "\\u{\(String(value, radix: 16))}" : String(Character(self))
        }
    }
}
