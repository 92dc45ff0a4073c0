import Testing

@testable import WebSocketLoop

@Suite struct ProxyHeaderTests {
    private static let start: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    private func read(_ bytes: [UInt8]) -> ProxyHeader { ProxyHeader.read(bytes.span) }

    private func read(_ text: String) -> ProxyHeader { read(Array(text.utf8)) }

    private func source(_ header: ProxyHeader) -> String? {
        guard case .read(_, let source) = header else { return nil }
        return source.map(\.text) ?? "itself"
    }

    @Test(
        arguments: [
            ("PROXY TCP4 192.0.2.7 10.0.0.1 56324 443\r\n", "192.0.2.7"), ("PROXY TCP6 2001:db8::7 ::1 56324 443\r\n", "2001:db8::7"),
            ("PROXY UNKNOWN\r\n", "itself"), ("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", "itself"),
        ])
    func `a line of version 1 is read when it is whole`(line: String, expected: String) {
        #expect(source(read(line + "GET / HTTP/1.1")) == expected)
        if case .read(let length, _) = read(line + "GET") { #expect(length == line.utf8.count) }
        for count in 0..<line.utf8.count { #expect(read(Array(line.utf8.prefix(count))) == .incomplete) }
    }

    @Test(
        arguments: [
            "GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXY TCP4 192.0.2.7 10.0.0.1 56324\r\n", "PROXY TCP4 2001:db8::7 ::1 1 2\r\n",
            "PROXY TCP4 192.0.2.7 10.0.0.1 1 70000\r\n", "PROXY TCP4 192.0.2.7 10.0.0.1 1 2\n", "PROXY  TCP4 192.0.2.7 10.0.0.1 1 2\r\n",
            "PROXY TCP4 192.0.2.256 10.0.0.1 1 2\r\n", "PROXY UDP4 192.0.2.7 10.0.0.1 1 2\r\n", "proxy TCP4 192.0.2.7 10.0.0.1 1 2\r\n",
            "PROXY UNKNOWN " + String(repeating: "x", count: 93) + "\r\n",
        ])
    func `what is no line of version 1 is none`(line: String) {
        #expect(read(line) == .missing)
    }

    @Test func `version 2 is read, with what proxies add to it`() {
        let four: [UInt8] = Self.start + [0x21, 0x11, 0, 12, 192, 0, 2, 7, 10, 0, 0, 1, 1, 2, 3, 4]
        #expect(source(read(four + Array("GET".utf8))) == "192.0.2.7")
        for count in 0..<four.count { #expect(read(Array(four.prefix(count))) == .incomplete) }
        let six =
            Self.start + [0x21, 0x21, 0, 40] + [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7]
            + [UInt8](repeating: 0, count: 20) + [4, 0, 1, 0]
        #expect(source(read(six)) == "2001:db8::7")
        if case .read(let length, _) = read(six + [1]) { #expect(length == 56) }
        #expect(source(read(Self.start + [0x20, 0x00, 0, 0])) == "itself")
        #expect(source(read(Self.start + [0x21, 0x31, 0, 0])) == "itself")
        for wrong: [UInt8] in [
            [0x11, 0x11, 0, 12], [0x22, 0x11, 0, 12], [0x21, 0x11, 0, 11], [0x21, 0x21, 0, 35], [0x21, 0x11, 0x20, 0],
        ] {
            #expect(read(Self.start + wrong + [UInt8](repeating: 0, count: 8300)) == .missing)
        }
        #expect(read([0x0D, 0x0A, 0x0D, 0x0B]) == .missing)
    }
}
