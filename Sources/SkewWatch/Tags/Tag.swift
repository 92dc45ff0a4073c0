internal import SkewProtocol

/// Whose a connection is, as the team names its customers: text of at most 64 bytes.
enum Tag {
    static let maxBytes = 64

    /// Text from outside as a tag; nil where nothing of it is left.
    static func clean(_ text: String) -> String? { CleanText.clean(text.utf8.span, limit: maxBytes) }

    /// What a claim says: its text, or a number as one writes it.
    static func of(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): clean(text)
        case .number(let number): Int(exactly: number).map { "\($0)" }
        default: nil
        }
    }
}

extension Configuration {
    /// Whether anybody may name whose connections are. What the app answers counts only with one of the settings.
    var tracksTags: Bool { tagClaim != nil || tagHeader != nil || tagAnswer }
}
