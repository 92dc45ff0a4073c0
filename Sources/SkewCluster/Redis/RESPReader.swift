/// What Redis answers, in version 2 of its protocol.
enum RESPValue: Sendable, Equatable {
    case simple(String)
    case error(String)
    case integer(Int)
    /// nil is Redis' "no such thing".
    case bulk([UInt8]?)
    case array([RESPValue])
}

/// Takes the bytes of one connection as they come and hands out whole answers. What comes may come from anybody: everything is bounded, and
/// nothing is allocated for what is merely promised.
struct RESPReader: Sendable {
    /// It is no RESP, or more than a node has any use for; there is no way to go on.
    struct Fault: Error, Equatable {}

    static let maxBulkBytes = 128 << 10
    static let maxElements = 16
    /// `ROLE` tells of replicas, each an array within an array within the answer.
    static let maxNesting = 3
    private static let maxLineBytes = 1024
    /// The longest answer, all its parts together.
    static let maxAnswerBytes = 256 << 10

    private var bytes: [UInt8] = []
    private var start = 0

    mutating func feed(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// The next whole answer; nil where it has not come in whole yet.
    mutating func next() throws(Fault) -> RESPValue? {
        var place = start
        guard let value = try value(at: &place, nesting: 0) else {
            guard bytes.count - start <= Self.maxAnswerBytes else { throw Fault() }
            bytes.removeFirst(start)
            start = 0
            return nil
        }
        start = place
        return value
    }

    private func value(at place: inout Int, nesting: Int) throws(Fault) -> RESPValue? {
        guard let line = try line(at: &place) else { return nil }
        guard let kind = line.first else { throw Fault() }
        let rest = line.dropFirst()
        switch kind {
        case UInt8(ascii: "+"): return .simple(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "-"): return .error(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: ":"): return .integer(try Self.number(rest))
        case UInt8(ascii: "$"):
            let count = try Self.number(rest)
            if count == -1 { return .bulk(nil) }
            guard (0...Self.maxBulkBytes).contains(count) else { throw Fault() }
            guard bytes.count - place >= count + 2 else { return nil }
            guard bytes[place + count] == UInt8(ascii: "\r"), bytes[place + count + 1] == UInt8(ascii: "\n") else { throw Fault() }
            defer { place += count + 2 }
            return .bulk(Array(bytes[place..<place + count]))
        case UInt8(ascii: "*"):
            let count = try Self.number(rest)
            if count == -1 { return .array([]) }
            guard (0...Self.maxElements).contains(count), nesting < Self.maxNesting else { throw Fault() }
            var elements: [RESPValue] = []
            for _ in 0..<count {
                guard let element = try value(at: &place, nesting: nesting + 1) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        default: throw Fault()
        }
    }

    /// A line without its end; nil where its end has not come yet.
    private func line(at place: inout Int) throws(Fault) -> ArraySlice<UInt8>? {
        let limit = min(bytes.count, place + Self.maxLineBytes)
        guard let end = bytes[place..<limit].firstIndex(of: UInt8(ascii: "\r")), end + 1 < bytes.count else {
            // A line that is too long, or one whose last byte is still to come.
            if bytes.count - place >= Self.maxLineBytes { throw Fault() }
            return nil
        }
        guard bytes[end + 1] == UInt8(ascii: "\n") else { throw Fault() }
        defer { place = end + 2 }
        return bytes[place..<end]
    }

    private static func number(_ digits: ArraySlice<UInt8>) throws(Fault) -> Int {
        let isNegative = digits.first == UInt8(ascii: "-")
        let digits = isNegative ? digits.dropFirst() : digits
        guard (1...18).contains(digits.count) else { throw Fault() }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { throw Fault() }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return isNegative ? -value : value
    }
}

/// Writes what a node asks of Redis.
enum RESPCommand {
    /// One command of these words.
    static func bytes(_ words: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.reduce(16) { $0 + $1.count + 16 })
        bytes.append(contentsOf: "*\(words.count)\r\n".utf8)
        for word in words {
            bytes.append(contentsOf: "$\(word.count)\r\n".utf8)
            bytes.append(contentsOf: word)
            bytes.append(contentsOf: "\r\n".utf8)
        }
        return bytes
    }

    static func bytes(_ words: String...) -> [UInt8] { bytes(words.map { Array($0.utf8) }) }
}
