import TestServer
import TestSockets
import Testing

@testable import SkewWatch

/// What pages of other origins get from a server.
// One server at a time: libwebsockets 4.1.6 closes a descriptor twice when a context ends, which may be another server's by then.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct OriginServerTests {
    @Test func `a page of a foreign origin is refused before it is let in`() async throws {
        try await RunningServer.run {
            $0.allowedOrigins = ["https://*.example.com"]
        } _: { running in
            for origin in ["https://evil.example", "null", "https://example.com.evil.example", "http://a.example.com"] {
                let answer = try await HTTPAnswer.to(
                    String(
                        decoding: WebSocketClient.handshake(path: "/__skew/ws", headers: ["Origin: \(origin)"]), as: UTF8.self),
                    port: running.port)
                #expect(answer?.status == 403, "\(origin)")
            }
            for headers in [["Origin: https://a.example.com"], ["Origin: http://127.0.0.1"], []] {
                _ = try await WebSocketClient(port: running.port, path: "/__skew/ws", headers: headers)
            }
        }
    }

    @Test(arguments: ["/route", "/subscribe-stats"])
    func `a page of a foreign origin can post nothing`(path: String) async throws {
        try await RunningServer.run {
            $0.statsToken = Secret("token")
        } _: { running in
            for (origin, type, status) in [
                ("https://evil.example", "application/json", 403), ("null", "text/plain", 403),
                ("http://127.0.0.1", "text/plain", 415), ("http://127.0.0.1", "application/json", 200),
            ] {
                let body = #"{"connectionId":"x","route":"/"}"#
                let answer = try await HTTPAnswer.to(
                    "POST /__skew\(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: \(origin)\r\nContent-Type: \(type)\r\n"
                        + "Cookie: session=admin\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", port: running.port)
                #expect(answer?.status == status, "\(origin) \(type)")
            }
        }
    }

    @Test func `the host that the browser saw is a trusted proxy's word`() async throws {
        let headers = ["Origin: https://app.example.com", "X-Forwarded-Host: app.example.com", "X-Forwarded-Proto: https"]
        try await RunningServer.run {
            $0.trustedProxies = [AddressRange("127.0.0.0/8")!]
        } _: { running in
            for (origin, said, isLetIn) in [
                ("https", "X-Forwarded-Proto: https", true), ("https", "X-Forwarded-Proto: wss", true),
                ("https", "X-Forwarded-Proto: http", true), ("http", "X-Forwarded-Proto: ws", true),
                ("http", "X-Forwarded-Proto: WSS", false), ("http", "X-Forwarded-Proto: http, https", false),
                ("http", "Forwarded: for=192.0.2.1;proto=https", false), ("https", "Forwarded: for=192.0.2.1;proto=https", true),
            ] {
                let headers = ["Origin: \(origin)://app.example.com", "X-Forwarded-Host: app.example.com", said]
                let client = try? await WebSocketClient(port: running.port, path: "/__skew/ws", headers: headers)
                #expect((client != nil) == isLetIn, "\(headers)")
            }
        }
        try await RunningServer.run { _ in
        } _: { running in
            await #expect(throws: RefusedHandshake.self) {
                _ = try await WebSocketClient(port: running.port, path: "/__skew/ws", headers: headers)
            }
        }
    }
}
