/// A JSON text as a value: for small texts from outside, such as an answer or a token's claims.
///
/// Strict RFC 8259, at most 64 levels deep, and no object may have a key twice: two readers could take different ones for the one.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads a whole text; nil when it is not one. Never traps; costs at most the text's length times its depth.
    package init?(_ text: Span<UInt8>) {
        var scanner = JSONScanner()
        scanner.skipSpace(in: text)
        let start = scanner.position
        guard (try? scanner.value(in: text, outerDepth: 0)) != nil else { return nil }
        let end = scanner.position
        scanner.skipSpace(in: text)
        guard scanner.position == text.count, text.isUTF8, let value = Self.read(text.extracting(start..<end)) else { return nil }
        self = value
    }

    /// The member of an object; nil for anything else.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    /// The text of a string; nil for anything else.
    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// Reads a value that the scanner has walked over already, without space around it.
    private static func read(_ text: Span<UInt8>) -> JSONValue? {
        switch text[0] {
        case UInt8(ascii: "{"): return members(of: text)
        case UInt8(ascii: "["): return elements(of: text)
        case UInt8(ascii: "t"): return .boolean(true)
        case UInt8(ascii: "f"): return .boolean(false)
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "\""):
            var scanner = JSONScanner()
            guard case .string(let token) = try? scanner.value(in: text, outerDepth: 0) else { return nil }
            return .string(String(decoding: token.unescaped(in: text), as: UTF8.self))
        default: return Double(text.text).map { .number($0) }
        }
    }

    private static func members(of text: Span<UInt8>) -> JSONValue? {
        var scanner = JSONScanner()
        var members: [String: JSONValue] = [:]
        _ = scanner.take(UInt8(ascii: "{"), in: text)
        scanner.skipSpace(in: text)
        if scanner.take(UInt8(ascii: "}"), in: text) { return .object(members) }
        repeat {
            guard let key = try? scanner.key(in: text), let value = next(&scanner, in: text) else { return nil }
            let name = String(decoding: key.unescaped(in: text), as: UTF8.self)
            guard members.updateValue(value, forKey: name) == nil else { return nil }
        } while scanner.take(UInt8(ascii: ","), in: text)
        return .object(members)
    }

    private static func elements(of text: Span<UInt8>) -> JSONValue? {
        var scanner = JSONScanner()
        var elements: [JSONValue] = []
        _ = scanner.take(UInt8(ascii: "["), in: text)
        scanner.skipSpace(in: text)
        if scanner.take(UInt8(ascii: "]"), in: text) { return .array(elements) }
        repeat {
            guard let value = next(&scanner, in: text) else { return nil }
            elements.append(value)
        } while scanner.take(UInt8(ascii: ","), in: text)
        return .array(elements)
    }

    private static func next(_ scanner: inout JSONScanner, in text: Span<UInt8>) -> JSONValue? {
        scanner.skipSpace(in: text)
        let start = scanner.position
        guard (try? scanner.value(in: text, outerDepth: 1)) != nil else { return nil }
        let value = read(text.extracting(start..<scanner.position))
        scanner.skipSpace(in: text)
        return value
    }
}

extension JSONValue {
    /// As JSON, keys sorted.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append("null")
        case .boolean(let value): bytes.append(value ? "true" : "false")
        case .number(let value):
            // A whole number as one: a reader may not take 3.0 for a count.
            if let whole = Int(exactly: value), whole.magnitude < 1 << 53 {
                bytes.append(decimal: whole)
            } else {
                bytes.append(contentsOf: value.isFinite ? Array("\(value)".utf8) : Array("null".utf8))
            }
        case .string(let text): bytes.append(jsonString: text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                element.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (place, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(jsonString: member.key)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
