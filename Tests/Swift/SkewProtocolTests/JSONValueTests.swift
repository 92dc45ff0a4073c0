import SkewProtocol
import Testing

struct JSONValueTests {
    private func value(_ text: String) -> JSONValue? { JSONValue(Array(text.utf8).span) }

    @Test func `every kind of value is read`() {
        #expect(value("null") == .null)
        #expect(value(" true ") == .boolean(true))
        #expect(value("false") == .boolean(false))
        #expect(value("-1.5e3") == .number(-1500))
        #expect(value(#""a\u00e9\n\ud83d\ude00""#) == .string("aé\n😀"))
        #expect(value("[]") == .array([]))
        #expect(value("{}") == .object([:]))
        #expect(
            value(#" { "a" : [ 1 , { "b" : null } , [ ] ] , "c":"d" } "#)
                == .object(["a": .array([.number(1), .object(["b": .null]), .array([])]), "c": .string("d")]))
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1,]", #"{"a":1,}"#, "{a:1}", "01", "1.", "NaN", "Infinity", "'a'", "nul", "truefalse", "{} {}", #"{"a" 1}"#,
        "\u{FEFF}{}", "[1 2]", "\"\n\"", #""\x""#,
    ])
    func `what is no JSON is nothing`(text: String) {
        #expect(value(text) == nil)
    }

    @Test func `a key that comes twice makes it nothing, at any depth`() {
        #expect(value(#"{"a":1,"a":2}"#) == nil)
        #expect(value(#"{"a":1,"\u0061":2}"#) == nil)
        #expect(value(#"[{"b":{"a":1,"a":1}}]"#) == nil)
        #expect(value(#"{"a":{"a":1}}"#) != nil)
    }

    @Test func `bytes that are no UTF-8 and depths beyond 64 are nothing`() {
        #expect(JSONValue([0x22, 0xFF, 0x22].span) == nil)
        #expect(value(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) != nil)
        #expect(value(String(repeating: "[", count: 65) + String(repeating: "]", count: 65)) == nil)
        #expect(value(String(repeating: "[", count: 60_000)) == nil)
    }

    @Test func `what is written reads as what it was`() {
        let sample = JSONValue.object([
            "a": .array([.number(1.5), .null, .boolean(true), .boolean(false)]), "\"\n\u{2028}": .string("\u{1}é\\"), "": .object([:]),
        ])
        #expect(JSONValue(sample.encoded.span) == sample)
        #expect(String(decoding: JSONValue.object(["b": .string("1"), "a": .null]).encoded, as: UTF8.self) == #"{"a":null,"b":"1"}"#)
    }
}
