import Testing

@testable import WebSocketLoop

/// What handlers see of a request, read from its bytes.
@Suite struct RequestHeadTests {
    private func bytes(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }

    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test(
        arguments: [
            ("/a", "/a", ""), ("/a?", "/a", ""), ("/a?b=c;d&&e=%20+%", "/a", "b=c;d&&e=%20+%"), ("/?a?b", "/", "a?b"),
            ("http://h/a/b?x", "/a/b", "x"), ("http://h", "/", ""), ("HTTPS://H?x=1", "/", "x=1"), ("http://h/", "/", ""),
        ])
    func `path and query are as they were sent`(target: String, path: String, query: String) throws {
        let head = RequestHead(try SeenHead("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n"))
        #expect(text(head.path) == path && text(head.query) == query)
        #expect(head.method == .get && head.isHTTP11)
        head.withQuery { lent in #expect(text(bytes(lent)) == query) }
        for likely in [path, path + "x", "/", ""] { #expect(text(head.path(mostly: Array(likely.utf8))) == path) }
    }

    @Test(arguments: [
        ("", nil), ("Cookie: a=1; b=2\r\n", "a=1; b=2"), ("Cookie: a=1\r\nAccept: y\r\ncookie: b=2\r\n", "a=1; b=2"), ("Cookie:\r\n", nil),
        ("Cookies: a=1\r\n", nil),
    ])
    func `cookies are lent as they are copied, of one line or of several`(lines: String, expected: String?) throws {
        let head = RequestHead(try SeenHead("GET /a HTTP/1.1\r\nHost: h\r\n\(lines)\r\n"))
        var lent: String?
        head.withCookies { lent = text(bytes($0)) }
        #expect(lent == expected && text(head.header(.cookie)) == expected)
    }

    @Test func `the host is that of a target in absolute form, whatever the header says`() throws {
        #expect(text(RequestHead(try SeenHead("GET /a HTTP/1.1\r\nHost: h:1\r\n\r\n")).header(.host)) == "h:1")
        #expect(text(RequestHead(try SeenHead("GET http://a:80/b HTTP/1.1\r\nHost: h\r\n\r\n")).header(.host)) == "a:80")
        #expect(text(RequestHead(try SeenHead("GET http://a HTTP/1.0\r\n\r\n")).header(.host)) == "a")
    }

    @Test func `of several lines the last one counts, or all as a list`() throws {
        let head = RequestHead(
            try SeenHead(
                """
                POST /a HTTP/1.0\r\nX-Forwarded-Proto: https\r\nX-FORWARDED-PROTO: \t http \r\nCF-Connecting-IP: 1.1.1.1\r\nX-Forwarded-For: a, b\r
                cf-connecting-ip:2.2.2.2\r\nCookie: a=1; b=2\r\nX-Forwarded-For: c\r\nForwarded: for=a\r\nCookie: c=3\r\nForwarded: for=b\r
                Content-Length: 5\r\nX-None:\r\n\r\n
                """.replacing("\n\r\n", with: "\n\r\n")))
        #expect(text(head.lastValue(of: .forwardedProtocol)) == "http")
        #expect(text(head.lastValue(of: .cfConnectingIP)) == "2.2.2.2")
        #expect(text(head.header(.forwardedFor)) == "a, b, c" && head.count(.forwardedFor) == 2)
        #expect(text(head.header(.cookie)) == "a=1; b=2; c=3")
        #expect(text(head.header(.forwarded)) == "for=a, for=b")
        #expect(head.lastValue(named: Array("x-none".utf8)) == nil && head.lastValue(named: Array("forwarded-for".utf8)) == nil)
        #expect(head.header(.origin) == nil && head.count(.origin) == 0)
        #expect(head.method == .post && !head.isHTTP11)
    }

    @Test func `of a handshake libwebsockets is given the key and the chosen subprotocol, and nothing else`() throws {
        let lines = "GET /a?% HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\nSec-WebSocket-Key:  k \r\nConnection: Upgrade\r\nX: y"
        let seen = try SeenHead("\(lines)\r\n\r\n")
        let plainest = "GET /\nHost:a\nUpgrade:websocket\nConnection:upgrade\nSec-WebSocket-Key:k"
        var bytes = Array("what was there before".utf8)
        PlainHandshake.write(for: seen, choosing: nil, to: &bytes)
        #expect(text(bytes) == "\(plainest)\n\n")
        PlainHandshake.write(for: seen, choosing: Array("one, ours".utf8)[5...], to: &bytes)
        #expect(text(bytes) == "\(plainest)\nSec-WebSocket-Protocol:ours\n\n")
    }
}
