import Testing

@testable import Cryptography

struct Base64URLTests {
    @Test(arguments: [("", []), ("AA", [0]), ("AAA", [0, 0]), ("AAAA", [0, 0, 0]), ("_-8", [0xFF, 0xEF])] as [(String, [UInt8])])
    func `base64url has one spelling`(text: String, bytes: [UInt8]) {
        #expect(Base64URL.decode(text.utf8) == bytes)
        for wrong in ["A", "AB", "AAB", "AA==", "AA\n", "+/8", "A A", "AAAAA"] { #expect(Base64URL.decode(wrong.utf8) == nil) }
    }

    @Test(arguments: 0..<100) func `what is written is read back, and by one spelling only`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ count &* 7) }
        let text = Base64URL.encode(bytes)
        #expect(text.utf8.count == (count * 8 + 5) / 6)
        #expect(Base64URL.decode(text.utf8) == bytes)
        for wrong in [text + "=", text + " ", " " + text, text + "\n", text + "\0"] { #expect(Base64URL.decode(wrong.utf8) == nil) }
    }
}
