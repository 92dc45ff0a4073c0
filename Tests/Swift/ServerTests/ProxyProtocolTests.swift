import SkewWatch
import TestServer
import TestSockets
import Testing

/// Behind a proxy that says in front of each connection for whom it is.
@Suite(.timeLimit(.minutes(1))) struct ProxyProtocolTests {
    private static let handshake = String(decoding: WebSocketClient.handshake(path: "/__skew/ws"), as: UTF8.self)

    @Test func `the client is whom the proxy names, and counts for its address`() async throws {
        let configuration = Configuration.testing {
            ($0.proxyProtocol, $0.trustedProxies, $0.ipTracking) = (true, [AddressRange("127.0.0.0/8")!], true)
            $0.maxConnectionsPerIP = 2
        }
        try await RunningServer.run(configuration) { server in
            var open: [RawSocket] = []
            func ask(_ front: [UInt8], _ request: String, inPieces: Bool = false) async throws -> String {
                let socket = try RawSocket(port: server.port)
                open.append(socket)
                if inPieces { for byte in front { try socket.write([byte]) } } else { try socket.write(front) }
                try socket.write(Array(request.utf8))
                return String(decoding: try await socket.receive(), as: UTF8.self)
            }
            let line = Array("PROXY TCP4 192.0.2.7 10.0.0.1 56324 443\r\n".utf8)
            // What the client says of itself is not believed: the peer is no proxy any more.
            let forging = Self.handshake.replacing("\r\n\r\n", with: "\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n")
            #expect(try await ask(line, forging, inPieces: true).hasPrefix("HTTP/1.1 101 "))
            let stats = try await ask(
                line, "GET /__skew/admin/stats HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(RunningServer.token)\r\n\r\n")
            #expect(stats.contains(#""ip":"192.0.2.7""#) && !stats.contains("198.51.100.1"), "\(stats)")
            open.removeLast().close()
            let binary: [UInt8] =
                [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0, 12]
                + [192, 0, 2, 7, 10, 0, 0, 1, 1, 2, 3, 4]
            #expect(try await ask(binary, Self.handshake).hasPrefix("HTTP/1.1 101 "))
            #expect(try await ask(line, Self.handshake).hasPrefix("HTTP/1.1 429 "))
            #expect(
                try await ask(Array("PROXY UNKNOWN\r\n".utf8), "GET /__skew/health HTTP/1.1\r\nHost: a\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
            #expect(try await ask([], Self.handshake).hasPrefix("HTTP/1.1 400 "))
            _ = try await server.line(with: "--proxy-protocol")
        }
    }

    @Test func `a peer that is no trusted proxy is refused, and a line says why`() async throws {
        let configuration = Configuration.testing { ($0.proxyProtocol, $0.trustedProxies) = (true, [AddressRange("10.0.0.0/8")!]) }
        try await RunningServer.run(configuration) { server in
            let answer = try await HTTPAnswer.to("PROXY UNKNOWN\r\nGET /__skew/health HTTP/1.1\r\nHost: a\r\n\r\n", port: server.port)
            #expect(answer?.status == 400 && answer?.isError == true)
            _ = try await server.line(with: "--proxy-protocol", "--trusted-proxies")
        }
        #expect(throws: ConfigurationError.self) { try Configuration.testing { $0.proxyProtocol = true }.validate() }
    }
}
