import TestRandom
import Testing

@testable import SkewProtocol

/// The message that the bytes of a text mean.
func parse(_ text: String) -> ClientMessage { parse(Array(text.utf8)) }

/// The message that the bytes mean.
func parse(_ bytes: [UInt8]) -> ClientMessage { ClientMessage.parse(bytes.span) }

struct ClientMessageTests {
    @Test func `what tabs send most is read as the scanner reads it, and what is near to it, too`() {
        var random = SeededGenerator()
        let bases = [#"{"type":"ping"}"#, #"{"type":"route-update","route":"/shop/42?q=%20"}"#, #"{"type":"route-update","route":"é\"}"#]
        let alphabet = Array(#"{}[]",:\/%x0 "#.utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC3, 0xA9, 0xFF]
        var read = 0
        for round in 0..<20_000 {
            var text = Array(bases[round % bases.count].utf8)
            for _ in 0..<Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                if Bool.random(using: &random) {
                    text.remove(at: place)
                } else {
                    text.insert(alphabet.randomElement(using: &random)!, at: place)
                }
            }
            guard let usual = ClientMessage.usual(text.span, RouteNames()) else { continue }
            read += 1
            #expect(usual == ClientMessage.scan(text.span, RouteNames()), "seed \(random.seed): \(String(decoding: text, as: UTF8.self))")
        }
        #expect(read > 5_000, "seed \(random.seed)")
    }

    @Test(arguments: [
        "ping", #"{"type":"ping"}"#, " \t\r\n{ \"type\" : \"ping\" } \n", #"{"type":"ping","extra":[1,{"a":null}]}"#,
        #"{"ty\u0070e":"p\u0069ng"}"#,
    ])
    func `a ping is a ping, bare or as JSON`(text: String) {
        #expect(parse(text) == .ping)
    }

    @Test(arguments: ["ping ", " ping", "PING", "pingping", "\"ping", "ping\0"])
    func `only the exact bare word is a ping`(text: String) {
        #expect(parse(text) == .ignored(.notJSON))
    }

    @Test
    func `a route that contains ping is a route`() {
        #expect(parse(#"{"type":"route-update","route":"/shopping"}"#) == .routeUpdate("/shopping"))
        #expect(parse(#"{"route":"ping","type":"route-update"}"#) == .routeUpdate("ping"))
    }

    @Test(arguments: [
        #"{"type":"route-update"}"#, #"{"type":"route-update","route":""}"#, #"{"type":"route-update","route":null}"#,
        #"{"type":"route-update","route":5}"#, #"{"type":"route-update","route":["/"]}"#, #"{"type":"route-update","route":{"route":"/"}}"#,
        #"{"type":"route-update","route":"\u0000\u202e"}"#,
    ])
    func `a route update without a visible route is ignored`(text: String) {
        #expect(parse(text) == .ignored(.badField))
    }

    @Test(arguments: [
        (#"{"type":"subscribe-stats"}"#, nil, StatisticsMode.snapshot),
        (#"{"type":"subscribe-stats","token":"s3cr\"et","mode":"delta"}"#, "s3cr\"et", .delta),
        (#"{"type":"subscribe-stats","mode":"summary","token":null}"#, nil, .summary),
        (#"{"type":"subscribe-stats","mode":"snap\u0073hot","token":"ü\u0000"}"#, "ü\u{0}", .snapshot),
        (#"{"type":"subscribe-stats","mode":null}"#, nil, .snapshot),
    ])
    func `a subscription names its token and its mode`(text: String, token: String?, mode: StatisticsMode) {
        #expect(parse(text) == .subscribeStats(token: token, mode: mode))
    }

    @Test(arguments: [
        #"{"type":"subscribe-stats","mode":"all"}"#, #"{"type":"subscribe-stats","mode":""}"#, #"{"type":"subscribe-stats","mode":1}"#,
        #"{"type":"subscribe-stats","token":1}"#, #"{"type":"subscribe-stats","token":{}}"#,
    ])
    func `a subscription with an unknown mode or a token that is no text is ignored`(text: String) {
        #expect(parse(text) == .ignored(.badField))
    }

    @Test
    func `an unsubscription is understood`() {
        #expect(parse(#"{"type":"unsubscribe-stats"}"#) == .unsubscribeStats)
    }

    @Test(arguments: [
        "{}", #"{"type":null}"#, #"{"type":1}"#, #"{"type":["ping"]}"#, #"{"type":"Ping"}"#, #"{"type":""}"#, #"{"TYPE":"ping"}"#,
        #"{"type":"stats"}"#, #"{"a":{"type":"ping"}}"#, #"{"type":"ping\u0000"}"#,
    ])
    func `an object of no known type is ignored`(text: String) {
        #expect(parse(text) == .ignored(.unknownType))
    }

    @Test(arguments: ["null", "true", "0", "\"ping\"", "[]", #"[{"type":"ping"}]"#, " 1e999 ", "-0"])
    func `JSON that is no object is ignored as such`(text: String) {
        #expect(parse(text) == .ignored(.notObject))
    }

    @Test
    func `of equal keys the last one counts`() {
        #expect(parse(#"{"type":"ping","type":"unsubscribe-stats"}"#) == .unsubscribeStats)
        #expect(parse(#"{"type":"ping","ty\u0070e":null}"#) == .ignored(.unknownType))
        #expect(parse(#"{"type":"route-update","route":"/a","route":"/b"}"#) == .routeUpdate("/b"))
        #expect(parse(#"{"type":"route-update","route":"/a","route":7}"#) == .ignored(.badField))
    }

    @Test(arguments: [
        (#"\ud83d\ude00"#, "😀"), (#"\uD83D\uDE00!"#, "😀!"), (#"\ud83d"#, "\u{FFFD}"), (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"),
        (#"\ud83dx"#, "\u{FFFD}x"), (#"\ud83d\u0041"#, "\u{FFFD}A"), (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀"),
        (#"\ud83d\\ude00"#, "\u{FFFD}\\ude00"),
        (#"\/a\"b\\c"#, "/a\"b\\c"), (#"\u00e9\u20ac"#, "é€"), ("é€😀", "é€😀"), (#"a\u0000\t\n\r\b\fb"#, "ab"),
        (#"\uDBFF\uDFFF"#, "\u{10FFFF}"),
    ])
    func `escapes stand for what JSON says, and half a surrogate pair for U+FFFD`(json: String, route: String) {
        #expect(parse(#"{"type":"route-update","route":""# + json + #""}"#) == .routeUpdate(route))
    }

    @Test
    func `sixty-four open containers are fine and one more is too deep`() {
        func nested(_ arrays: Int) -> String {
            #"{"type":"ping","a":"# + String(repeating: "[", count: arrays) + String(repeating: "]", count: arrays) + "}"
        }
        #expect(parse(nested(63)) == .ping)
        #expect(parse(nested(64)) == .ignored(.tooDeep))
        let objects = String(repeating: #"{"a":"#, count: 63) + "1" + String(repeating: "}", count: 63)
        #expect(parse(#"{"type":"ping","a":"# + objects + "}") == .ping)
        #expect(parse("[" + objects + "]") == .ignored(.notObject))
        #expect(parse("[[" + objects + "]]") == .ignored(.tooDeep))
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
    func `twenty thousand opening brackets are too deep and nothing more`(opening: String) {
        #expect(parse(String(repeating: opening, count: 20_000)) == .ignored(.tooDeep))
    }

    @Test
    func `closed containers do not count as depth`() {
        #expect(parse(#"{"type":"ping","a":["# + String(repeating: "[{}],", count: 5_000) + "{}]}") == .ping)
    }
}
