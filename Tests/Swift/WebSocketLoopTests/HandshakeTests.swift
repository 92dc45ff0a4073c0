import Testing

@testable import WebSocketLoop

/// The rules of RFC 6455 for a handshake, on the bytes of a head.
@Suite struct HandshakeTests {
    /// A handshake that is right, with lines changed: a nil value drops the line.
    private func head(_ changes: [String: String?] = [:], method: String = "GET", more: String = "") throws -> SeenHead {
        var lines: [(String, String?)] = [
            ("Host", "h"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("Sec-WebSocket-Version", "13"),
        ]
        for (name, value) in changes {
            lines[try #require(lines.firstIndex { $0.0 == name })].1 = value
        }
        let text = lines.compactMap { name, value in value.map { "\(name): \($0)\r\n" } }.joined()
        return try SeenHead("\(method) /ws HTTP/1.1\r\n\(text)\(more)\r\n")
    }

    private func fault(_ changes: [String: String?] = [:], method: String = "GET", more: String = "") throws -> HandshakeFault? {
        let head = try head(changes, method: method, more: more)
        try #require(head.head.kind == .handshake)
        do throws(HandshakeFault) { try head.checkHandshake() } catch { return error }
        return nil
    }

    private func sentence(_ changes: [String: String?] = [:], method: String = "GET", more: String = "") throws -> String? {
        if case .malformed(let sentence) = try fault(changes, method: method, more: more) { sentence } else { nil }
    }

    @Test(arguments: ["websocket", "WebSocket", "WEBSOCKET", " websocket\t"])
    func `the upgrade's name is read without regard to case`(name: String) throws {
        #expect(try fault(["Upgrade": name]) == nil)
    }

    @Test(arguments: ["foo", "h2c", "websocke", "websockets", "websocket, h2c", "", nil])
    func `any other upgrade is no handshake`(name: String?) throws {
        #expect(try head(["Upgrade": name]).head.kind == .plain)
    }

    @Test(arguments: ["Upgrade", "upgrade", "keep-alive, Upgrade", "keep-alive,upgrade", "keep-alive Upgrade", "a\r\nConnection: upgrade"])
    func `the token Upgrade is found among those of Connection`(value: String) throws {
        #expect(try fault(["Connection": value]) == nil)
    }

    @Test(arguments: ["keep-alive", "upgraded", "", "up grade", nil])
    func `a Connection without the token is no handshake`(value: String?) throws {
        #expect(try head(["Connection": value]).head.kind == .plain)
    }

    @Test func `each other rule of RFC 6455 has its own refusal`() throws {
        #expect(try sentence(method: "POST") == "a WebSocket handshake is a GET request")
        #expect(try sentence(method: "HEAD") == "a WebSocket handshake is a GET request")
        #expect(try sentence(["Sec-WebSocket-Version": nil]) == "the header Sec-WebSocket-Version is missing")
        #expect(try sentence(["Sec-WebSocket-Version": ""]) == "the header Sec-WebSocket-Version is missing")
        #expect(try sentence(["Sec-WebSocket-Key": nil])?.contains("Sec-WebSocket-Key") == true)
        #expect(try sentence(more: "Content-Length: 0\r\n") == "a WebSocket handshake has no body")
        #expect(try sentence(more: "Content-Length: 3\r\n") == "a WebSocket handshake has no body")
    }

    @Test(arguments: [
        "Host: h\r\n", "Upgrade: websocket\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "Sec-WebSocket-Version: 13\r\n",
        "Transfer-Encoding: chunked\r\n",
    ])
    func `what may come once comes once, and a body in chunks never`(line: String) throws {
        #expect(throws: (any Error).self) { try head(more: line) }
    }

    @Test(arguments: ["8", "12", "14", "013", "13 13", "1", "131", "abc"])
    func `any version but 13 is answered with the one we speak`(version: String) throws {
        #expect(try fault(["Sec-WebSocket-Version": version]) == .wrongVersion)
    }

    @Test(arguments: [
        "", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZQ=a", "dGhlIHNhbXBsZSBub25jZ===",
        "dGhlIHNhbXBsZSBub25j*Q==", "dGhlIHNhbXBs ZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQa=", "*GhlIHNhbXBsZSBub25jZQ==",
    ])
    func `a key that is not 16 bytes in base64 is malformed`(key: String) throws {
        #expect(try sentence(["Sec-WebSocket-Key": key]) == "the header Sec-WebSocket-Key must be 16 bytes in base64")
    }

    @Test(arguments: ["AAAAAAAAAAAAAAAAAAAAAA==", "zzzzzzzzzzzzzzzzzzzzzz==", "0123456789+/AZaz+/09AZ=="])
    func `any 16 bytes in base64 are a key`(key: String) throws {
        #expect(try fault(["Sec-WebSocket-Key": key]) == nil)
    }
}
