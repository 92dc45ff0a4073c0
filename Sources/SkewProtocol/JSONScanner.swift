/// Walks over one strict RFC 8259 text, without recursion and without memory of its own.
///
/// It holds a position only; the text is handed to every step, because it is borrowed from the receive buffer. UTF-8 inside strings is not
/// checked here: `sawNonASCII` tells that the whole text has to be.
struct JSONScanner {
    /// Why a text is refused.
    enum Fault: Error {
        case syntax
        case depth
    }

    /// A string's bytes between its quotes, escapes checked but still in place.
    struct StringToken: Equatable {
        var start: Int
        var end: Int
        var isEscaped: Bool
    }

    /// What a value is, as far as a client message needs to know.
    enum Value: Equatable {
        case string(StringToken)
        case null
        case other
    }

    /// Open arrays and objects a text may have at one time. One bit of a `UInt64` per level is all the memory the walk needs.
    static let depthLimit = 64

    private(set) var position = 0
    private(set) var sawNonASCII = false

    /// Skips the four whitespace bytes of JSON.
    mutating func skipSpace(in text: Span<UInt8>) {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// Consumes `byte` if it is next.
    mutating func take(_ byte: UInt8, in text: Span<UInt8>) -> Bool {
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    /// Consumes a key and its colon, whitespace around them included.
    mutating func key(in text: Span<UInt8>) throws(Fault) -> StringToken {
        skipSpace(in: text)
        let key = try string(in: text)
        skipSpace(in: text)
        guard take(UInt8(ascii: ":"), in: text) else { throw .syntax }
        return key
    }

    /// Consumes one value with everything in it. `outerDepth` is the number of containers that are open around it.
    mutating func value(in text: Span<UInt8>, outerDepth: Int) throws(Fault) -> Value {
        var depth = outerDepth
        var objects: UInt64 = 0
        var value = Value.other
        nextValue: while true {
            skipSpace(in: text)
            guard position < text.count else { throw .syntax }
            let first = text[position]
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                guard depth < Self.depthLimit else { throw .depth }
                position += 1
                depth += 1
                let isObject = first == UInt8(ascii: "{")
                objects = objects << 1 | (isObject ? 1 : 0)
                value = .other
                skipSpace(in: text)
                if !take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"), in: text) {
                    if isObject { _ = try key(in: text) }
                    continue nextValue
                }
                depth -= 1
                objects >>= 1
            } else {
                let scalar = try scalar(startingWith: first, in: text)
                if depth == outerDepth { return scalar }
            }
            while depth > outerDepth {
                skipSpace(in: text)
                let isObject = objects & 1 == 1
                if take(UInt8(ascii: ","), in: text) {
                    if isObject { _ = try key(in: text) }
                    continue nextValue
                }
                guard take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"), in: text) else { throw .syntax }
                depth -= 1
                objects >>= 1
            }
            return value
        }
    }

    private mutating func scalar(startingWith first: UInt8, in text: Span<UInt8>) throws(Fault) -> Value {
        switch first {
        case UInt8(ascii: "\""):
            return .string(try string(in: text))
        case UInt8(ascii: "t"):
            try literal("true", in: text)
            return .other
        case UInt8(ascii: "f"):
            try literal("false", in: text)
            return .other
        case UInt8(ascii: "n"):
            try literal("null", in: text)
            return .null
        default:
            try number(in: text)
            return .other
        }
    }

    private mutating func literal(_ word: StaticString, in text: Span<UInt8>) throws(Fault) {
        let end = position + word.utf8CodeUnitCount
        guard end <= text.count, text.extracting(position..<end).matches(word) else { throw .syntax }
        position = end
    }

    private mutating func string(in text: Span<UInt8>) throws(Fault) -> StringToken {
        guard take(UInt8(ascii: "\""), in: text) else { throw .syntax }
        var token = StringToken(start: position, end: position, isEscaped: false)
        while position < text.count {
            let byte = text[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                token.end = position - 1
                return token
            }
            if byte == UInt8(ascii: "\\") {
                token.isEscaped = true
                try escape(in: text)
            } else if byte < 0x20 {
                throw .syntax
            } else if byte >= 0x80 {
                sawNonASCII = true
            }
        }
        throw .syntax
    }

    private mutating func escape(in text: Span<UInt8>) throws(Fault) {
        guard position < text.count else { throw .syntax }
        let kind = text[position]
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            guard position + 4 <= text.count else { throw .syntax }
            for offset in position..<position + 4 where hexadecimalValue(text[offset]) == nil { throw .syntax }
            position += 4
        default:
            throw .syntax
        }
    }

    private mutating func number(in text: Span<UInt8>) throws(Fault) {
        _ = take(UInt8(ascii: "-"), in: text)
        if !take(UInt8(ascii: "0"), in: text) { try digits(in: text) }
        if take(UInt8(ascii: "."), in: text) { try digits(in: text) }
        if take(UInt8(ascii: "e"), in: text) || take(UInt8(ascii: "E"), in: text) {
            if !take(UInt8(ascii: "+"), in: text) { _ = take(UInt8(ascii: "-"), in: text) }
            try digits(in: text)
        }
    }

    private mutating func digits(in text: Span<UInt8>) throws(Fault) {
        let start = position
        while position < text.count, case 0x30...0x39 = text[position] { position += 1 }
        guard position > start else { throw .syntax }
    }
}
