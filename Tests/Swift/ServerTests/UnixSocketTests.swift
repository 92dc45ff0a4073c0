import Foundation
import SkewWatch
import TestServer
import TestSockets
import Testing

/// A server behind a proxy of this machine that connects to a Unix socket.
@Suite(.timeLimit(.minutes(1))) struct UnixSocketTests {
    /// Runs a server with a Unix socket in a folder of its own.
    private static func run(
        _ change: (inout Configuration) -> Void = { _ in }, _ body: (RunningServer, _ host: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "skewwatch-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/socket"
        let configuration = Configuration.testing {
            $0.unixSocket = path
            change(&$0)
        }
        try await RunningServer.run(configuration) { try await body($0, "unix:\(path)") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty, "a server that has ended leaves nothing")
    }

    @Test(arguments: [1, 2])
    func `tabs, streams and requests come over the socket and over the port, and count together`(loops: Int) async throws {
        try await Self.run {
            $0.loops = loops
        } _: { server, host in
            let over = try await WebSocketClient(port: 0, path: "/__skew/ws?v=a", host: host)
            let id = try #require(try await over.message().connectionID)
            let stream = try await EventStream(port: 0, "?v=b", host: host)
            let (beside, _) = try await server.open("?v=c")
            try await over.send(#"{"type":"subscribe-stats","token":"\#(RunningServer.token)"}"#)
            let stats = try await over.message { $0.total == 3 }
            #expect(stats.yourID == id)
            let body = #"{"connectionId":"\#(try await stream.handle)","route":"/over"}"#
            let post = try await HTTPAnswer.to(
                "POST /__skew/route HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
                port: 0, host: host)
            #expect(post?.status == 200, "\(post as Any)")
            _ = try await over.message { $0.routes["/over"] == 1 }
            #expect(try await HTTPAnswer.to("GET /__skew/health HTTP/1.1\r\nHost: a\r\n\r\n", port: 0, host: host)?.status == 200)
            #expect(try await HTTPAnswer.to("GET  /__skew/health HTTP/1.1\r\nHost: a\r\n\r\n", port: 0, host: host)?.status == 400)
            let long = try await WebSocketClient(
                port: 0, path: "/__skew/ws?v=d", headers: ["Sec-WebSocket-Protocol: skewwatch, \(String(repeating: "t", count: 900))"],
                host: host)
            #expect(await long.answer["Sec-WebSocket-Protocol"] == "skewwatch")
            try await stream.leave(.closes)
            await beside.hangUp()
            await long.hangUp()
            _ = try await over.message { $0.total == 1 }
        }
    }

    @Test func `without a port the socket is the only place, and the end closes what is open there`() async throws {
        var client: WebSocketClient?
        try await Self.run {
            $0.port = nil
        } _: { server, host in
            #expect(server.port == 0)
            #expect(server.server.address?.url == host && server.server.address?.port == nil)
            let open = try await WebSocketClient(port: 0, path: "/__skew/ws", host: host)
            _ = try await open.message()
            client = open
        }
        let open = try #require(client)
        #expect(try await open.next() == .close(code: 1012))
    }

    @Test func `who connects there is believed where it is named, and each client counts for its own address`() async throws {
        let named = { (configuration: inout Configuration) in
            (configuration.ipTracking, configuration.maxConnectionsPerIP) = (true, 2)
            configuration.trustedProxies = [AddressRange("unix:")!]
        }
        try await Self.run(named) { server, host in
            func open(_ client: String) async throws -> WebSocketClient {
                try await WebSocketClient(port: 0, path: "/__skew/ws", headers: ["X-Forwarded-For: 198.51.100.9, \(client)"], host: host)
            }
            let tabs = [try await open("192.0.2.7"), try await open("192.0.2.7"), try await open("192.0.2.8")]
            let refused = await #expect(throws: RefusedHandshake.self) { try await open("192.0.2.7") }
            #expect(refused?.answer.status == 429)
            let addresses = try await Self.addresses(server)
            #expect(addresses == ["192.0.2.7", "192.0.2.7", "192.0.2.8"])
            for tab in tabs { await tab.hangUp() }
        }
        try await Self.run {
            $0.ipTracking = true
        } _: { server, host in
            let tab = try await WebSocketClient(port: 0, path: "/__skew/ws", headers: ["X-Forwarded-For: 192.0.2.7"], host: host)
            #expect(try await Self.addresses(server) == ["unix:"], "nobody said that it may speak for others")
            await tab.hangUp()
        }
    }

    private static func addresses(_ server: RunningServer) async throws -> [String] {
        let answer = try await HTTPAnswer.to(
            "GET /__skew/admin/stats HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(RunningServer.token)\r\n\r\n", port: server.port)
        return (answer?.body ?? "").matches(of: /"ip":"([^"]*)"/).map { String($0.1) }.sorted()
    }

    @Test func `a second server is refused, and one that takes over has the socket from then on`() async throws {
        try await Self.run { _, host in
            let path = String(host.dropFirst("unix:".count))
            let sentence = "Another program listens on \(host); a server that takes over from it starts with --takeover."
            await #expect(throws: ServeError.addressInUse(sentence)) {
                try await RunningServer.run(.testing { $0.unixSocket = path }) { _ in }
            }
            let successor = Configuration.testing { ($0.unixSocket, $0.takeover) = (path, true) }
            try await RunningServer.run(successor) { second in
                let tab = try await WebSocketClient(port: 0, path: "/__skew/ws?v=new", host: host)
                _ = try await tab.message()
                let answer = try await HTTPAnswer.to(
                    "GET /__skew/admin/stats HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(RunningServer.token)\r\n\r\n",
                    port: second.port)
                #expect(answer?.body.contains(#""new":1"#) == true)
                await tab.hangUp()
            }
        }
    }
}
