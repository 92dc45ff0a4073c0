import Testing

@testable import WebSocketLoop

struct SubprotocolsTests {
    private func choice(_ header: String, preferring preferred: String? = "ours") -> String? {
        Subprotocols(Array(header.utf8)).choice(preferring: preferred).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `the preferred one is chosen wherever it stands, else the first`() {
        #expect(choice("a, ours, b") == "ours" && choice("ours") == "ours")
        #expect(choice("a, b") == "a" && choice("a,b", preferring: nil) == "a")
        #expect(choice("OURS, x") == "OURS")
    }

    @Test func `what is no token is passed over`() {
        #expect(choice("") == nil && choice(", ,") == nil)
        #expect(choice("a/b, \"q\", c") == "c")
        #expect(choice("\u{e9}") == nil)
    }

    @Test func `what libwebsockets cannot compare is not chosen`() {
        #expect(choice(String(repeating: "x", count: 63)) == nil)
        #expect(choice(String(repeating: "x", count: 5000) + ", y") == "y")
    }
}
