import Foundation
import SkewProtocol
import TestRandom
import Testing

/// Whether a text is strict JSON, told from outside: by whether a message in front of it is understood.
private func accepts(_ value: [UInt8]) -> Bool {
    parse(Array(#"{"type":"ping","a":"#.utf8) + value + Array("}".utf8)) == .ping
}

struct StrictJSONTests {
    static let valid = [
        "0", "-0", "-1", "10", "1.5", "0.0", "1e1", "1E+2", "1e-2", "0e0", "1e999", "-1e9999", "1e-99999",
        "123456789012345678901234567890123456789",
        "true", "false", "null", "\"\"", #""\"\\\/\b\f\n\r\t""#, #""\u0000\uFFFF\uabCD""#, #""\ud800""#, "\"\u{7F}\"", "\"\u{2028}\"",
        "\"\u{10FFFF}\"",
        "[]", "{}", "[ ]", "{ }", "[1,2]", "[[],[{}]]", #"{"":0}"#, #"{"a":1,"a":2}"#, "[\t1\r\n, 2 ]", #"{ "a" : [ ] , "b" : { } }"#,
        "[\"\u{FEFF}\"]",
    ]

    static let invalid = [
        "", " ", "01", "-01", "+1", "-", ".5", "1.", "1.e1", "1e", "1e+", "--1", "1-", "0x1", "1_0", "Infinity", "NaN", "-Infinity", "1 2",
        "00",
        "True", "nul", "nulll", "tru", "undefined", "'a'", "\"", "\"a", "a", #""\""#, #""\q""#, #""\u""#, #""\u12""#, #""\u123g""#,
        #""\U0041""#, #""\x41""#,
        "\"\u{0}\"", "\"\u{1F}\"", "\"\n\"", "\"\t\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]", "[1}", "{", "{]",
        #"{"a"}"#, #"{"a":}"#,
        #"{"a":1,}"#, #"{,"a":1}"#, #"{a:1}"#, #"{1:1}"#, #"{"a" 1}"#, #"{"a"::1}"#, #"{"a":1 "b":2}"#, #"{null:1}"#, "[]]", "{}}", "[1]x",
        "1//c", "/**/1",
        "\u{FEFF}1", "\u{A0}1", "\u{B}1", "\u{C}1", "1\u{0}", "[\u{2028}]", "é", "\u{85}1",
    ]

    @Test(arguments: valid)
    func `what RFC 8259 allows is accepted`(value: String) {
        #expect(accepts(Array(value.utf8)))
    }

    @Test(arguments: invalid)
    func `what RFC 8259 does not allow is refused`(value: String) {
        #expect(!accepts(Array(value.utf8)))
        #expect(parse(value) == .ignored(.notJSON))
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0xBD], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF], [0xFE],
            [0xE0, 0x80, 0x80],
        ] as [[UInt8]])
    func `a string that is no UTF-8 is refused`(bytes: [UInt8]) {
        #expect(!accepts([0x22] + bytes + [0x22]))
        #expect(parse([0x22] + bytes + [0x22]) == .ignored(.notJSON))
    }

    @Test(arguments: [
        "", " ", "\u{FEFF}{}", "{}{}", "{} x", "{}\u{0}", "{},", #"{"type":"ping""#, #"{"type":"ping"}}"#, #"{"type":"ping",}"#, "\u{0}",
    ])
    func `a text that is not one JSON text as a whole is refused`(text: String) {
        #expect(parse(text) == .ignored(.notJSON))
    }

    @Test
    func `every prefix of a message is refused but the whole`() {
        let text = Array(#"{"type":"route-update","route":"/a\u00e9\"b","n":[-1.5e+3,true,{"x":null}]}"#.utf8)
        for length in 0..<text.count { #expect(parse(Array(text[..<length])) == .ignored(.notJSON)) }
        #expect(parse(text) == .routeUpdate("/aé\"b"))
    }

    /// Mutates texts and asks Foundation about the result; where the two differ in meaning (byte order marks, NUL bytes that make it guess
    /// UTF-16 or 32, lone surrogates, depth) the seeds and the mutations leave it out.
    @Test
    func `thousands of mutated texts are judged as by Foundation`() {
        var random = SeededGenerator(seed: 0x5EED)
        let seeds =
            (Self.valid.filter { !$0.contains("99") && !$0.contains("\\u") && !$0.contains("\u{FEFF}") }).map { Array($0.utf8) }
            + [
                #"{"type":"ping"}"#, #"{"type":"route-update","route":"/shop/42"}"#,
                #"{"a":[1,-2.5e3,{"b":"\n\\","c":[true,false,null]}],"d":"é😀"}"#,
            ]
            .map { Array($0.utf8) }
        let alphabet =
            Array(#"{}[]",:\/0123456789.eE+-truefalsn abc"#.utf8) + [0x09, 0x0A, 0x1F, 0x7F, 0x80, 0xBF, 0xC3, 0xA9, 0xE2, 0xF0, 0xFF]
        var accepted = 0
        for round in 0..<40_000 {
            var text = seeds[round % seeds.count]
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let byte = alphabet.randomElement(using: &random) ?? 0
                let place = Int.random(in: 0...text.count, using: &random)
                switch UInt8.random(in: 0..<4, using: &random) {
                case 0 where place < text.count: text[place] = byte
                case 1 where place < text.count: text.remove(at: place)
                case 2:
                    let other = seeds.randomElement(using: &random) ?? []
                    text.replaceSubrange(min(place, text.count)..., with: other.prefix(Int.random(in: 0...other.count, using: &random)))
                default: text.insert(byte, at: place)
                }
            }
            let ours = parse(text) != .ignored(.notJSON)
            let theirs = (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
            if text != Array("ping".utf8), ours != theirs, !isKnownDifference(text, ours: ours) {
                Issue.record("ours \(ours), Foundation \(theirs): \(String(decoding: text, as: UTF8.self)) \(text)")
            }
            if ours { accepted += 1 }
        }
        #expect(accepted > 4_000)
    }

    /// Foundation refuses numbers that fit no Double, and accepts a comma before the end of an array or object.
    private func isKnownDifference(_ text: [UInt8], ours: Bool) -> Bool {
        let string = String(decoding: text, as: UTF8.self)
        return ours ? string.contains(/[eE]\+?[0-9]{3}/) : string.contains(/,[ \t\r\n]*[\]}]/)
    }

    @Test
    func `random bytes never trap`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0..<64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = parse(bytes)
            _ = parse(Array(#"{"type":"route-update","route":""#.utf8) + bytes + Array(#""}"#.utf8))
        }
    }
}
