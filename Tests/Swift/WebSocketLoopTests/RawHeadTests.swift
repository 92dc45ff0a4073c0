import Testing

@testable import WebSocketLoop

@Suite struct RawHeadTests {
    static let upgrade =
        "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    private func decide(_ text: String) -> RawHead.Decision { decide(Array(text.utf8)) }

    private func decide(_ bytes: [UInt8]) -> RawHead.Decision { RawHead.decide(on: bytes.span) }

    private func status(_ text: String) -> Int? {
        guard case .refuse(let error) = decide(text) else { return nil }
        return error.status
    }

    private func head(_ text: String) -> RawHead? {
        guard case .serve(let head) = decide(text) else { return nil }
        return head
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", .plain), ("GET /__skew/health HTTP/1.0\r\n\r\n", .plain),
            ("HEAD /a/b/?x=%41&y HTTP/1.1\r\nhost:a:80\r\n\r\n", .plain),
            ("GET /__skew/sse HTTP/1.1\r\nHost: a\r\nAccept: text/html, Text/Event-Stream;q=1\r\n\r\n", .stream),
            ("POST /__skew/sse HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nContent-Length: 0\r\n\r\n", .plain),
            ("GET /__skew/ws HTTP/1.1\r\n\(upgrade)\r\n", .handshake),
            ("GET /__skew/ws HTTP/1.1\r\n\(upgrade.replacing("websocket", with: "WebSocket\t"))\r\n", .handshake),
            ("GET /?q=ö HTTP/1.1\r\nHost: [::1]:8080\r\nX-Any: \u{e9} tab\there\r\n\r\n", .plain),
            ("GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nCookie: b=2\r\nX-Empty:\r\n\r\n", .plain),
        ] as [(String, RawHead.Kind)])
    func `a good head is served, and none of its beginnings is judged`(text: String, kind: RawHead.Kind) {
        let head = head(text)
        #expect(head?.kind == kind && head?.length == text.utf8.count)
        for count in 0..<text.utf8.count { #expect(decide(Array(text.utf8.prefix(count))) == .wait) }
    }

    @Test(arguments: [
        ("keep-alive, Upgrade", true), ("upgrade\r\nConnection: keep-alive", true), ("close\r\nConnection: ,UPGRADE\t", true),
        ("keep-alive Upgrade", true), ("keep-alive", false), ("upgrades", false), ("x-upgrade", false), ("Upgrade;q=1", false), ("", false),
    ])
    func `an upgrade that Connection does not name is passed over`(connection: String, isHandshake: Bool) {
        let lines = Self.upgrade.replacing("Connection: Upgrade", with: "Connection: \(connection)")
        #expect(head("GET / HTTP/1.1\r\n\(lines)\r\n")?.kind == (isHandshake ? .handshake : .plain))
        #expect(head("GET / HTTP/1.0\r\n\(lines)\r\n")?.kind == .plain, "HTTP/1.0 has no upgrade")
        let stream = head("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nAccept: text/event-stream\r\n\r\n")
        #expect(stream?.kind == .stream)
    }

    @Test func `what a head says is known`() {
        let post = head("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nhello")
        #expect(post?.bodyLength == 12 && post?.length == 49)
        #expect(head("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")?.target == .asterisk)
        for url in ["http://a/b", "HTTPS://a?x", "http://a", "http://a/"] {
            #expect(head("GET \(url) HTTP/1.1\r\nHost: A\r\n\r\n")?.target == .absolute, "\(url)")
        }
    }

    @Test(
        arguments: [
            // Line ends.
            "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\rHost: a\r\r",
            "GET / HTTP/1.1\r\nHost: a\r\n\n",
            "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            // The request line.
            "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", "GET / http/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/11\r\nHost: a\r\n\r\n", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", "GET /\r\nHost: a\r\n\r\n",
            "GET x HTTP/1.1\r\nHost: a\r\n\r\n", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /ö HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n",
            "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET http://u@a/ HTTP/1.1\r\nHost: u@a\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}", "{\"type\":\"ping\"}",
            // Names.
            "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX\u{e9}: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX(: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n",
            // Folds and control characters.
            "GET / HTTP/1.1\r\nHost: a\r\nX-Y: b\r\n c\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\tfold\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX-Y: b\0c\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX-Y: \u{7f}\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX-Y: \u{1b}[2J\r\n\r\n",
            // Hosts.
            "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            // Lengths.
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1111111111111111\r\n\r\nx",
            // What comes twice, and what lies behind.
            "GET / HTTP/1.1\r\nHost: a\r\nCookie:\r\nCookie: a=1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\norigin:\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxy", "GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n",
        ])
    func `a head that could be read in two ways is refused with 400`(text: String) {
        #expect(status(text) == 400)
    }

    @Test(
        arguments: [
            "//", "/a//b", "/./a", "/a/.", "/../a", "/a/..", "/a/../b", "/%61dmin", "/a%2fb", "/%00", "/a%", "/a\\b", "//host/a", "/a/./",
        ])
    func `a path that is not canonical is not there`(path: String) {
        #expect(status("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n") == 404)
        #expect(status("GET \(path)?x=1 HTTP/1.1\r\nHost: a\r\n\r\n") == 404)
    }

    @Test func `chunks, other versions and unknown methods have their own answers`() {
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == 411)
        #expect(status("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n") == 411)
        #expect(status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505)
        #expect(status("GET / HTTP/1.2\r\nHost: a\r\n\r\n") == 505)
        #expect(status("BREW / HTTP/1.1\r\nHost: a\r\n\r\n") == 501)
        #expect(status("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n") == 501)
    }

    @Test func `a plain request may have 8 KiB, a handshake or stream 16, and no head more than 88 lines`() {
        func padded(_ start: String, to count: Int) -> String {
            let room = count - start.utf8.count - "X-Pad: \r\n\r\n".utf8.count
            return start + "X-Pad: \(String(repeating: "x", count: room))\r\n\r\n"
        }
        let plain = "GET / HTTP/1.1\r\nHost: a\r\n"
        #expect(head(padded(plain, to: 8192)) != nil)
        #expect(status(padded(plain, to: 8193)) == 431)
        for start in ["GET / HTTP/1.1\r\n\(Self.upgrade)", plain + "Accept: text/event-stream\r\n"] {
            #expect(head(padded(start, to: 16_384)) != nil)
            #expect(status(padded(start, to: 16_385)) == 431)
        }
        #expect(decide("GET /" + String(repeating: "a", count: 16_378)) == .wait)
        #expect(status("GET /" + String(repeating: "a", count: 16_379)) == 431)
        let lines = (0..<87).map { "X-\($0): a\r\n" }.joined()
        #expect(head(plain + lines + "\r\n") != nil)
        #expect(status(plain + lines + "X-More: a\r\n\r\n") == 431)
    }

    @Test func `a header may be called whatever is a token, also what libwebsockets would take for something else`() {
        for name in ["x", "con", "hos", "put-it", "patch", "deleted", "uri-args", "get", "c", "sec-websocket-"] {
            #expect(head("GET / HTTP/1.1\r\nHost: a\r\n\(name): a\r\n\r\n") != nil, "\(name)")
        }
        for name in [
            "sec-fetch-site", "sec-ch-ua", "dnt", "priority", "x-forwarded-host", "x-forwarded-proto", "cf-connecting-ip", "forwarded",
        ] {
            #expect(head("GET / HTTP/1.1\r\nHost: a\r\n\(name): a\r\n\r\n") != nil, "\(name)")
        }
    }
}
