import Foundation
import TestSockets
import Testing

@testable import WebSocketLoop

/// What comes through TLS is served like what comes without it, by clients of OpenSSL on real sockets.
@Suite(.timeLimit(.minutes(2))) struct TLSRelayTests {
    private func run(_ options: LoopOptions = LoopOptions(), _ body: (RequestProbe) async throws -> Void) async throws {
        let files = try await TestCertificate()
        var options = options
        options.tls = (files.certificate, files.key)
        try await RequestProbe.run(options, body)
    }

    /// A client that sends what it is told, and shows what it is answered.
    private func client(_ port: Int, _ more: [String] = []) throws -> Child {
        try Child(URL(fileURLWithPath: "/usr/bin/openssl"), ["s_client", "-quiet", "-connect", "127.0.0.1:\(port)"] + more)
    }

    /// The whole answer to a request; empty for none.
    private func answer(_ request: String, _ port: Int, _ more: [String] = []) async throws -> String {
        let client = try client(port, more)
        client.write(request)
        return try await client.outcome().output
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `requests are judged and answered like those without TLS`(version: String) async throws {
        try await run { probe in
            for (request, status, body) in [
                ("GET /echo?a=b;c&&d=%20+ HTTP/1.1\r\nHost: a\r\n\r\n", 200, "GET /echo a=b;c&&d=%20+"),
                ("GET http://a/echo?x HTTP/1.1\r\nHost: a\r\n\r\n", 200, "GET /echo x"),
                ("DELETE /echo HTTP/1.1\r\nHost: a\r\nUpgrade: foo\r\nConnection: upgrade\r\n\r\n", 200, "DELETE /echo "),
                ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
                ("GET /later HTTP/1.1\r\nHost: a\r\n\r\n", 200, ""),
                ("GET /echo HTTP/1.1\nHost: a\n\n", 400, ""),
                ("GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, ""),
                ("GET /echo HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\n", 400, ""),
                ("GET /%61dmin HTTP/1.1\r\nHost: a\r\n\r\n", 404, ""),
                ("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411, ""),
            ] {
                let text = try await answer(request, probe.port, [version])
                #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(request)")
                #expect(text.hasSuffix(body), "\(request)")
            }
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `a large answer arrives whole, and a body in several records`() async throws {
        try await run { probe in
            let large = try await answer("GET /large HTTP/1.1\r\nHost: a\r\n\r\n", probe.port)
            #expect(large.split(separator: "\r\n\r\n").last?.utf8.count == RequestProbe.largeBytes)
            let slow = try client(probe.port)
            for piece in ["POST /body HTTP/1.1\r\nHost: a\r\nContent-Le", "ngth: 10\r\n\r\nhel", "lo", "world"] {
                slow.write(piece)
                // So that the kernel hands each piece over by itself.
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await slow.outcome().output.hasSuffix("\r\n\r\nhelloworld"))
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `an offer of subprotocols may hold a token of any length`() async throws {
        let offer = "skewwatch, skewwatch.token." + String(repeating: "x", count: 6000)
        var options = LoopOptions()
        options.subprotocol = "skewwatch"
        try await run(options) { probe in
            let client = try client(probe.port)
            client.write(
                """
                GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: \(offer)\r\n\r\n
                """.replacing("\n\r\n", with: "\r\n").replacing("\r\nSec", with: "\r\nSec"))
            #expect(try await client.line() == "HTTP/1.1 101 Switching Protocols\r")
            client.signal(SIGKILL)
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `a stream is told what happens, and its end is noticed`() async throws {
        try await run { probe in
            let client = try client(probe.port)
            client.write("GET /stream HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n")
            while try await client.line() != "retry: 1" {}
            await probe.tell("news")
            while try await client.line() != "data: news" {}
            client.signal(SIGKILL)
            try await probe.waitUntilEmpty()
            #expect(await probe.closed == 1)
        }
    }

    @Test func `what is no TLS, or stops in the middle of it, is let go`() async throws {
        var options = LoopOptions()
        options.handshakeTimeout = .milliseconds(300)
        try await run(options) { probe in
            let plain = try RawSocket(port: probe.port)
            try plain.write(Array("GET / HTTP/1.1\r\n".utf8))
            #expect(try await String(decoding: plain.receiveAll(), as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
            plain.close()
            let broken = try RawSocket(port: probe.port)
            try broken.write([0x16] + Array("no hello at all".utf8))
            _ = try await broken.receiveAll()
            broken.close()
            let silent = try RawSocket(port: probe.port)
            try silent.write([0x16, 3, 1])
            #expect(try await silent.receiveAll().isEmpty)
            silent.close()
            let halfway = try client(probe.port)
            halfway.write("GET /echo HTTP/1.1\r\n")
            #expect(try await halfway.outcome().output.isEmpty)
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `a slow reader is served whole, and holds up nobody`() async throws {
        try await run { probe in
            let slow = try client(probe.port)
            slow.write("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await slow.line() == "HTTP/1.1 200 OK\r")
            // Nothing of the rest is read while others are served.
            for _ in 0..<3 { #expect(try await answer("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", probe.port).hasSuffix("GET /echo ")) }
            #expect(try await slow.outcome().output.split(separator: "\r\n\r\n").last?.utf8.count == RequestProbe.largeBytes)
            try await probe.waitUntilEmpty()
        }
    }
}
