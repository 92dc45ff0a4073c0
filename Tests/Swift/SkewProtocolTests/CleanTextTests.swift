import SkewProtocol
import TestRandom
import Testing

private func route(_ bytes: [UInt8]) -> String? { CleanText.route(bytes.span) }

struct CleanTextTests {
    @Test(arguments: ["/", "/shop/42?a=b&c=\"d\"\\", "/käse/東京/👩🏽", "__proto__", " a ", "/\u{A0}\u{3000}"])
    func `ordinary text stays as it is`(text: String) {
        #expect(CleanText.route(text) == text)
        #expect(CleanText.version(text) == text)
    }

    @Test
    func `no control, bidi, zero-width or other invisible character is left`() {
        let ranges: [ClosedRange<UInt32>] = [
            0x00...0x1F, 0x7F...0x9F, 0xAD...0xAD, 0x61C...0x61C, 0x180E...0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F,
            0xFE00...0xFE0F,
            0xFEFF...0xFEFF, 0xFFF9...0xFFFB, 0xE0001...0xE007F,
        ]
        for value in ranges.joined() {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect(CleanText.route("a\(scalar)b") == "ab", "U+\(String(value, radix: 16))")
            #expect(CleanText.route("\(scalar)") == nil)
        }
    }

    @Test
    func `whatever Unicode calls ignorable in display is removed`() {
        var found = 0
        for range in [UInt32(0)...0x1FFFF, 0xE0000...0xE0FFF] {
            for value in range {
                guard let scalar = Unicode.Scalar(value), scalar.properties.isDefaultIgnorableCodePoint else { continue }
                found += 1
                #expect(CleanText.version("a\(scalar)b") == "ab")
            }
        }
        #expect(found > 4_000)
    }

    @Test(
        arguments: [
            ([0x61, 0xFF, 0x62], "a\u{FFFD}b"), ([0xC3], "\u{FFFD}"), ([0xED, 0xA0, 0xBD], "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"),
            ([0xC3, 0xA9], "é"), ([0x00, 0x61], "a"),
        ] as [([UInt8], String)])
    func `what is no UTF-8 becomes U+FFFD`(bytes: [UInt8], text: String) {
        #expect(route(bytes) == text)
    }

    @Test
    func `nothing is nil`() {
        #expect(route([]) == nil)
        #expect(CleanText.version("\u{0}\u{200B}\n") == nil)
    }

    @Test
    func `long text is cut at its limit`() {
        #expect(CleanText.route(String(repeating: "a", count: 256)) == String(repeating: "a", count: 256))
        #expect(CleanText.route(String(repeating: "a", count: 257)) == String(repeating: "a", count: 256))
        #expect(CleanText.version(String(repeating: "a", count: 4096)) == String(repeating: "a", count: 128))
        #expect(CleanText.version(String(repeating: "é", count: 100)) == String(repeating: "é", count: 64))
        #expect(CleanText.version("a" + String(repeating: "é", count: 100)) == "a" + String(repeating: "é", count: 63))
    }

    @Test
    func `a character as a reader sees it is not cut in two`() {
        let start = String(repeating: "a", count: 127)
        #expect(CleanText.version(start + "e\u{301}") == start)
        #expect(CleanText.version(start + "😀") == start)
        let flags = String(repeating: "🇩🇪", count: 40)
        #expect(CleanText.version(flags) == String(repeating: "🇩🇪", count: 16))
    }

    @Test
    func `a single character over the limit is cut between scalars`() {
        let heap = "a" + String(repeating: "\u{301}", count: 1_000)
        #expect(CleanText.version(heap)?.unicodeScalars.count == 64)
    }

    @Test
    func `random bytes come out short, visible and unchanged by a second cleaning`() {
        var random = SeededGenerator(seed: 11)
        for round in 0..<Seeds.rounds(1_000, long: 4_000) {
            let bytes =
                round % 2 == 0
                ? Array(random.text(upTo: 200).utf8)
                : (0..<Int.random(in: 0..<400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            guard let clean = route(bytes) else { continue }
            #expect(!clean.isEmpty && clean.utf8.count <= CleanText.routeLimit)
            #expect(clean.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && !$0.properties.isBidiControl })
            #expect(CleanText.route(clean).map { Array($0.utf8) } == Array(clean.utf8))
        }
    }
}
