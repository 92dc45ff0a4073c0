import Logging
import SkewWatch
import TestServer
import TestSockets
import Testing

/// "My tab is not there": at the level `debug` the log says why.
@Suite(.timeLimit(.minutes(1))) struct DebugLineTests {
    @Test func `a foreign origin is named with the host that it was compared with`() async throws {
        try await RunningServer.run(.testing { $0.logLevel = .debug }) { server in
            _ = try await server.request("GET", "/__skew/sse", headers: ["Origin: https://evil.example"])
            let line = try await server.line(with: "A request was refused.", "reason=\"the origin\"")
            #expect(line.contains("origin=https://evil.example") && line.contains("host=127.0.0.1") && line.contains("path=/__skew/sse"))
            await #expect(throws: RefusedHandshake.self) { try await server.open("", headers: ["Sec-Fetch-Site: cross-site"]) }
            _ = try await server.line(with: "A request was refused.", "fetchSite=cross-site")
        }
    }

    @Test func `a limit, a method, a path and a token are named`() async throws {
        let settings = Configuration.testing {
            ($0.logLevel, $0.adminToken, $0.maxConnectionsPerIP) = (.debug, Secret(RunningServer.adminToken), 1000)
        }
        try await RunningServer.run(settings) { server in
            _ = try await server.request("DELETE", "/__skew/health")
            _ = try await server.line(with: "A request was refused.", "reason=\"the method\"", "path=/__skew/health")
            _ = try await server.request("GET", "/nothing")
            _ = try await server.line(with: "A request was refused.", "reason=\"nothing is there\"", "path=/nothing")
            _ = try await server.request("GET", "/__skew/admin/stats", headers: ["Authorization: Bearer hunter2"])
            let line = try await server.line(with: "A request was refused.", "reason=\"a wrong token\"")
            #expect(!server.lines.all.contains { $0.contains("hunter2") } && !line.contains("127.0.0.1"))
        }
    }

    @Test func `who is served and not counted is named with the reason, a crawler with what it calls itself`() async throws {
        try await RunningServer.run(.testing { $0.logLevel = .debug }) { server in
            let (crawler, _) = try await server.open("", headers: ["User-Agent: Googlebot/2.1 (\u{202e})"])
            let line = try await server.line(with: "A connection is served and not counted.", "reason=crawler")
            #expect(line.contains("userAgent=\"Googlebot/2.1 (") && !line.contains("\u{202e}") && !line.contains("202e"))
            let (observer, hello) = try await server.open("?observer=1")
            let id = try #require(hello.connectionID)
            let other = try await server.line(with: "A connection is served and not counted.", "reason=observer", id)
            #expect(!other.contains("userAgent"))
            withExtendedLifetime((crawler, observer)) {}
        }
    }

    @Test func `a flood of refusals is a few lines, and at the usual level there is none`() async throws {
        try await RunningServer.run(.testing { $0.logLevel = .debug }) { server in
            let start = ContinuousClock.now
            // Fifty lines at once, and five more each second.
            var (sent, most) = (0, 50)
            while sent < most + 30 {
                _ = try await server.request("GET", "/nothing")
                sent += 1
                most = 50 + 5 * (Int((ContinuousClock.now - start) / .seconds(1)) + 1)
            }
            #expect((50...most).contains(server.lines.all.count { $0.contains("A request was refused.") }))
        }
        try await RunningServer.run { server in
            _ = try await server.request("GET", "/nothing")
            _ = try await server.open("?observer=1")
            #expect(!server.lines.all.contains { $0.contains("refused") || $0.contains("not counted") })
        }
    }
}
