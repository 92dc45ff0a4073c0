/// The JSON object in the body of a POST, understood.
public struct RequestBody: Equatable, Sendable {
    private var strings: [String: String] = [:]
    private var others: Set<String> = []

    /// Reads a body. Of equal keys the last one counts, as in `JSON.parse`.
    /// - Returns: nil for what is no strict JSON object.
    public init?(_ text: Span<UInt8>) {
        var strings: [String: String] = [:]
        var others: Set<String> = []
        let isObject = try? JSONScanner.readObject(text) { key, value in
            let name = String(decoding: key.unescaped(in: text), as: UTF8.self)
            strings[name] = nil
            others.remove(name)
            switch value {
            case .string(let raw): strings[name] = String(decoding: raw.unescaped(in: text), as: UTF8.self)
            case .null: break
            case .other: others.insert(name)
            }
        }
        guard isObject == true else { return nil }
        (self.strings, self.others) = (strings, others)
    }

    /// The value of a field that is a string, as it came: neither cleaned nor cut.
    public func string(_ name: String) -> String? { strings[name] }

    /// Whether a field is there and is neither a string nor null.
    public func isOther(_ name: String) -> Bool { others.contains(name) }
}
