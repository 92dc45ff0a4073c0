import Foundation
import SkewWatch
import TestServer
import TestSockets
import Testing

/// Handlers see a request as its bytes say, not as libwebsockets keeps them.
@Suite(.timeLimit(.minutes(1))) struct RawRequestTests {
    @Test(
        arguments: [
            ("?v=x", "x", "/"), ("?&v=x", "x", "/"), ("?route=%2Fa&&v=x", "x", "/a"), ("?v=a;b", "a;b", "/"),
            ("?v=x&route=/hero;id=1", "x", "/hero;id=1"), ("?v=1.2.3+45&route=/a+b", "1.2.3+45", "/a b"),
            ("?v=build%2042", "build 42", "/"),
            ("?v=100%&route=/%", "100%", "/%"), ("?" + String(repeating: "a=1&", count: 300) + "v=x", "x", "/"),
        ])
    func `a query is read as the URL standard reads it`(query: String, version: String, route: String) async throws {
        try await RunningServer.run(.testing { _ in }) { server in
            let (client, hello) = try await server.open(query)
            let (_, _, stats) = try await server.watch()
            let row = stats.rows[hello.connectionID ?? ""]
            #expect(row?.version == version && row?.route == route, "\(stats)")
            await client.hangUp()
        }
    }

    @Test func `of a forwarding header that comes again the last line counts`() async throws {
        let configuration = Configuration.testing { ($0.trustedProxies, $0.ipTracking) = ([AddressRange("127.0.0.0/8")!], true) }
        try await RunningServer.run(configuration) { server in
            for lines in [
                ["CF-Connecting-IP: 192.0.2.1", "CF-Connecting-IP: 198.51.100.7"],
                ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 192.0.2.2, 198.51.100.7"],
                ["X-Real-IP: 192.0.2.1", "X-Real-IP: 198.51.100.7"],
                ["Forwarded: for=192.0.2.1", "Forwarded: for=198.51.100.7"],
            ] {
                let (client, hello) = try await server.open("", headers: lines)
                let (viewer, _, stats) = try await server.watch()
                #expect(stats.rows[hello.connectionID ?? ""]?.ip == "198.51.100.7", "\(lines)")
                await client.hangUp()
                await viewer.hangUp()
            }
            let origin = "Origin: https://app.example"
            for (lines, status) in [
                (["X-Forwarded-Host: evil.example", "X-Forwarded-Host: app.example"], 101),
                (["X-Forwarded-Host: app.example", "X-Forwarded-Host: evil.example"], 403),
            ] {
                let socket = try RawSocket(port: server.port)
                try socket.write(
                    WebSocketClient.handshake(
                        path: "/__skew/ws", headers: lines + [origin, "X-Forwarded-Proto: http", "X-Forwarded-Proto: https"]))
                #expect(try await String(decoding: socket.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 \(status) "), "\(lines)")
            }
        }
    }

    @Test func `several lines of cookies are one, and a long token fits among the subprotocols`() async throws {
        try await RunningServer.run(.testing { $0.statsToken = Secret(String(repeating: "t", count: 6000)) }) { server in
            let (tab, _) = try await server.open("", headers: ["Cookie: a=1", "Cookie: __nkpv=b-9"])
            let token = Data(String(repeating: "t", count: 6000).utf8).base64EncodedString().replacing("=", with: "")
            let (viewer, _) = try await server.open("", headers: ["Sec-WebSocket-Protocol: skewwatch, skewwatch.token.\(token)"])
            #expect(await viewer.answer["Sec-WebSocket-Protocol"] == "skewwatch")
            try await viewer.send(#"{"type":"subscribe-stats"}"#)
            let stats = try await viewer.message()
            #expect(stats.versions["b-9"] == 1, "\(stats)")
            await tab.hangUp()
        }
    }

    @Test func `a stream is opened by a client that offers HTTP/2 beside, and in absolute form`() async throws {
        try await RunningServer.run(.testing { _ in }) { server in
            for (target, more) in [("/__skew/sse?v=a;b", "Upgrade: h2c\r\nConnection: Upgrade\r\n"), ("http://a/__skew/sse", "")] {
                let socket = try RawSocket(port: server.port)
                try socket.write(Array("GET \(target) HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\(more)\r\n".utf8))
                let text = String(decoding: try await socket.receive(), as: UTF8.self)
                #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.contains("\r\n\r\nretry: ") && text.contains(#"{"type":"connected""#))
            }
        }
    }
}
