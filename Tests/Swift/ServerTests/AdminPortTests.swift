import SkewWatch
import TestServer
import TestSockets
import Testing

/// The operators' endpoints on a port of their own.
@Suite(.timeLimit(.minutes(1))) struct AdminPortTests {
    private static let settings = Configuration.testing {
        $0.adminToken = Secret(RunningServer.adminToken)
        $0.adminPort = 0
    }

    private func adminPort(of server: RunningServer) throws -> Int {
        let line = try #require(server.lines.all.first { $0.contains("Admin endpoints.") })
        return try #require(line.firstMatch(of: /address=\S*:([0-9]+)/).flatMap { Int($0.1) })
    }

    private func get(_ path: String, port: Int) async throws -> HTTPAnswer? {
        try await HTTPAnswer.to(
            "GET /__skew\(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(RunningServer.adminToken)\r\n\r\n", port: port)
    }

    @Test func `the public port has no admin endpoint then, and the other one shows the tabs of the public one`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let (tab, _) = try await server.open("?v=a")
            let port = try adminPort(of: server)
            for path in ["/admin/stats", "/admin/history"] {
                #expect(try await get(path, port: server.port)?.status == 404, "\(path)")
                #expect(try await get(path, port: port)?.status == 200, "\(path)")
            }
            #expect(try await get("/admin/stats", port: port)?.body.contains(#""versions":{"a":1}"#) == true)
            #expect(try await server.administer("/admin/release", #"{"version":"b"}"#)?.status == 404)
            #expect(try await get("/dashboard", port: port)?.status == 200)
            #expect(try await get("/health", port: server.port)?.status == 200)
            await tab.hangUp()
        }
    }

    @Test func `a release that is announced there reaches the tabs of the public port`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let (tab, _) = try await server.open("?v=a")
            let body = #"{"version":"b"}"#
            let answer = try await HTTPAnswer.to(
                "POST /__skew/admin/release HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(RunningServer.adminToken)\r\n"
                    + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", port: try adminPort(of: server)
            )
            #expect(answer?.status == 202)
            #expect(try await tab.text() == #"{"type":"version","version":"b"}"#)
            await tab.hangUp()
        }
    }

    @Test func `every admin request leaves a line, right or wrong, with who it was and without what it showed`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let port = try adminPort(of: server)
            _ = try await get("/admin/stats", port: port)
            let right = try await server.line(with: "Admin request.", "GET /admin/stats", "status=200", "who=admin-token")
            _ = try await HTTPAnswer.to("GET /__skew/admin/stats HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hunter2\r\n\r\n", port: port)
            let wrong = try await server.line(with: "Admin request.", "GET /admin/stats", "status=401")
            #expect(!right.contains(RunningServer.adminToken + "\n") && !wrong.contains("hunter2") && !wrong.contains("who="))
            #expect(!right.contains("127.0.0.1"), "addresses are not tracked")
        }
    }
}
