import Testing

@testable import SkewWatchLoad

@Suite struct HandshakeTests {
    private let key = Array("dGhlIHNhbXBsZSBub25jZQ==".utf8)
    private let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

    private func answer(_ text: String, _ transport: Handshake.Transport = .webSocket, portion: Int = .max) -> AnswerHead.Progress {
        var head = AnswerHead(transport: transport, key: key)
        let bytes = Array(text.utf8)
        var last = AnswerHead.Progress.incomplete
        for start in stride(from: 0, to: bytes.count, by: min(portion, bytes.count)) {
            last = head.take(Array(bytes[start..<min(bytes.count, start + min(portion, bytes.count))]).span)
            if last != .incomplete { return last }
        }
        return last
    }

    @Test func `the accept key is that of RFC 6455`() {
        #expect(String(decoding: Handshake.accept(for: key), as: UTF8.self) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `SHA-1 is right over block borders`() {
        let hex = { (bytes: [UInt8]) in bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
        #expect(hex(SHA1.digest([])) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(hex(SHA1.digest(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        #expect(hex(SHA1.digest(Array(long.utf8))) == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
    }

    @Test func `a right answer is accepted and the rest of the bytes is not lost`() {
        let head = "HTTP/1.1 101 Switching Protocols\r\nUPGRADE: WebSocket\r\nConnection: keep-alive, Upgrade\r\n\(accept)\r\n"
        #expect(answer(head + "ab") == .accepted(rest: head.utf8.count, isChunked: false))
        #expect(answer(head, portion: 1) == .accepted(rest: 1, isChunked: false))
        #expect(answer(String(head.dropLast())) == .incomplete)
    }

    @Test(arguments: [
        "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOO=\r\n\r\n",
        "HTTP/1.0 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        "SSH-2.0-x\r\n\r\n", "\r\n\r\n",
    ])
    func `a wrong answer is malformed`(text: String) {
        guard case .refused(.malformed) = answer(text) else {
            Issue.record("accepted: \(text)")
            return
        }
    }

    @Test func `an extension or a subprotocol that nobody asked for is malformed`() {
        let head = "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(accept)"
        for line in ["Sec-WebSocket-Extensions: permessage-deflate\r\n", "Sec-WebSocket-Protocol: x\r\n"] {
            guard case .refused(.malformed) = answer(head + line + "\r\n") else {
                Issue.record("accepted: \(line)")
                continue
            }
        }
    }

    @Test func `another status is told`() {
        #expect(answer("HTTP/1.1 503 Busy\r\n\r\n") == .refused(.status(503)))
        #expect(answer("HTTP/1.1 200 OK\r\n\r\n") == .refused(.status(200)))
    }

    @Test func `a head that does not end is refused`() {
        guard case .refused(.malformed) = answer("HTTP/1.1 101 " + String(repeating: "x", count: 20000)) else {
            Issue.record("still reading")
            return
        }
    }

    @Test func `an event stream needs its type and tells whether it is chunked`() {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        #expect(answer(head + "\r\n", .eventStream) == .accepted(rest: head.utf8.count + 2, isChunked: false))
        guard case .accepted(_, true) = answer(head + "Transfer-Encoding: chunked\r\n\r\n", .eventStream) else {
            Issue.record("not chunked")
            return
        }
        guard case .refused = answer("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", .eventStream) else {
            Issue.record("took HTML")
            return
        }
    }

    @Test func `the request says who the tab is`() {
        let handshake = Handshake(random: 0..<16)
        let request = Handshake.Request(
            transport: .webSocket, host: "h:1", basePath: "/b", version: "v 1", route: "/a?b", token: "secret")
        let text = String(decoding: handshake.bytes(request), as: UTF8.self)
        #expect(text.hasPrefix("GET /b/ws?route=/a%3Fb HTTP/1.1\r\nHost: h:1\r\n"))
        #expect(text.contains("\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n"))
        #expect(text.contains("\r\nCookie: __nkpv=v%201\r\n"))
        #expect(text.contains("\r\nAuthorization: Bearer secret\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }
}
