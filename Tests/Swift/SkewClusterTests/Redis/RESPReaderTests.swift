import TestRandom
import Testing

@testable import SkewCluster

@Suite struct RESPReaderTests {
    private func read(_ text: String) throws -> [RESPValue] {
        var reader = RESPReader()
        reader.feed(Array(text.utf8))
        var values: [RESPValue] = []
        while let value = try reader.next() { values.append(value) }
        return values
    }

    @Test func `every kind of answer is read`() throws {
        #expect(
            try read("+OK\r\n-ERR no\r\n:-7\r\n$5\r\nab\r\nc\r\n$-1\r\n*2\r\n$1\r\na\r\n*1\r\n:1\r\n*0\r\n*-1\r\n")
                == [
                    .simple("OK"), .error("ERR no"), .integer(-7), .bulk(Array("ab\r\nc".utf8)), .bulk(nil),
                    .array([.bulk(Array("a".utf8)), .array([.integer(1)])]), .array([]), .array([]),
                ])
    }

    @Test func `half an answer is none yet`() throws {
        for text in ["", "+O", "+OK\r", "$5\r\nabc", "$3\r\nabc", "$3\r\nabc\r", "*2\r\n:1\r\n", "*1"] {
            #expect(try read(text).isEmpty, "\(text)")
        }
    }

    @Test(arguments: [
        "hello\r\n", "\r\n", ":\r\n", ":1x\r\n", ":99999999999999999999\r\n", "$-2\r\n", "$131073\r\n", "*17\r\n", "*-2\r\n", "+a\rb\r\n",
        "$1\r\nab\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n", "!\u{0}",
    ])
    func `what is no RESP, or larger than anything a node needs, ends the connection`(_ text: String) {
        #expect(throws: RESPReader.Fault.self) { try read(text + "\r\n") }
    }

    @Test func `a line without end, and an answer that only grows, are given up`() {
        #expect(throws: RESPReader.Fault.self) { try read("+" + String(repeating: "a", count: 2000)) }
        var reader = RESPReader()
        reader.feed(Array("*16\r\n".utf8))
        #expect(throws: RESPReader.Fault.self) {
            for _ in 0..<15 {
                reader.feed(Array("$131072\r\n".utf8) + [UInt8](repeating: 1, count: 131_072) + [13, 10])
                _ = try reader.next()
            }
        }
    }

    // MARK: Fuzz

    private static func value(_ random: inout SeededGenerator, nesting: Int = 0) -> RESPValue {
        switch Int.random(in: 0..<(nesting < 3 ? 6 : 5), using: &random) {
        case 0: return .simple(text(&random))
        case 1: return .error(text(&random))
        case 2: return .integer(.random(in: -1_000_000...1_000_000, using: &random))
        case 3: return .bulk(nil)
        case 4: return .bulk((0..<Int.random(in: 0...300, using: &random)).map { _ in .random(in: 0...255, using: &random) })
        default: return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, nesting: nesting + 1) })
        }
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        String((0..<Int.random(in: 0...20, using: &random)).map { _ in "abc $*:+-1".randomElement(using: &random)! })
    }

    private static func bytes(_ value: RESPValue) -> [UInt8] {
        switch value {
        case .simple(let text): Array("+\(text)\r\n".utf8)
        case .error(let text): Array("-\(text)\r\n".utf8)
        case .integer(let number): Array(":\(number)\r\n".utf8)
        case .bulk(nil): Array("$-1\r\n".utf8)
        case .bulk(let bytes?): Array("$\(bytes.count)\r\n".utf8) + bytes + [13, 10]
        case .array(let values): Array("*\(values.count)\r\n".utf8) + values.flatMap { Self.bytes($0) }
        }
    }

    @Test(arguments: Seeds.some(20))
    func `however it is cut into pieces, the same answers come out`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let values = (0..<30).map { _ in Self.value(&random) }
        var rest = values.flatMap { Self.bytes($0) }[...]
        var (reader, read) = (RESPReader(), [RESPValue]())
        while !rest.isEmpty {
            let count = Int.random(in: 1...40, using: &random)
            reader.feed(rest.prefix(count))
            rest = rest.dropFirst(count)
            while let value = try reader.next() { read.append(value) }
        }
        #expect(read == values)
    }

    @Test(arguments: Seeds.some(40))
    func `bytes that are no RESP are refused or waited for, and never trap`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var bytes = (0..<3).flatMap { _ in Self.bytes(Self.value(&random)) }
            for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                let place = bytes.indices.randomElement(using: &random)!
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = .random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert("$*:+-0129\r\n".utf8.randomElement(using: &random)!, at: place)
                }
            }
            var reader = RESPReader()
            var dialogue = RedisDialogue(.listening, ChannelNames(namespace: "n", database: 0))
            reader.feed(bytes)
            while let value = try? reader.next() { _ = try? dialogue.take(value) }
        }
    }
}
