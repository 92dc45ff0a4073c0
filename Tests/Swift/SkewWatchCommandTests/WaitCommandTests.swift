import HTTPCall
import TestSockets
import Testing

/// `skewwatch wait` as a pipeline runs it, against a real server.
@Suite(.timeLimit(.minutes(2))) struct WaitCommandTests {
    private static let environment = ["SKEWWATCH_STATS_TOKEN": "sesame", "SKEWWATCH_ADMIN_TOKEN": "open"]

    private func server(port: String = "0") throws -> ServingCommand {
        try ServingCommand(["--release", "new"], port: port, environment: Self.environment)
    }

    private func wait(_ arguments: String...) throws -> RunningCommand {
        try RunningCommand(["wait"] + arguments, environment: Self.environment)
    }

    @Test func `it ends when the last old tab has been gone for long enough`() async throws {
        let server = try server()
        defer { server.stop() }
        let tab = try await WebSocketClient(port: try #require(Int(server.port)), path: "/__skew/ws?v=old")
        let start = ContinuousClock.now
        let command = try wait(server.url, "--for", "1s", "--timeout", "30s")
        // In the words of the page and of `watch`.
        let line = command.nextErrors()
        #expect(line.hasPrefix("Nobody: No tab runs new. 1 of 1 tabs are old, ") && line.contains("gives up in "), "\(line)")
        await tab.hangUp()
        let end = command.finish()
        #expect(end.status == 0 && end.output == "Reached: old<=0 held for 1 s. 0 of 0 tabs are old.\n", "\(end)")
        #expect(ContinuousClock.now - start >= .seconds(1))
    }

    @Test func `what does not come in time is exit 124, with the state of then`() async throws {
        let server = try server()
        defer { server.stop() }
        let tab = try await WebSocketClient(port: try #require(Int(server.port)), path: "/__skew/ws?v=old")
        let end = try wait(server.url, "--version", "old", "--for", "0s", "--timeout", "3s", "--json").finish()
        #expect(end.status == 124, "\(end)")
        #expect(end.output.hasPrefix(#"{"condition":"version:old<=0","current":0,"doubts":[],"old":1,"reached":false,"release":"new","#))
        await tab.hangUp()
    }

    @Test func `a restart is waited through, and its empty start is not taken for the end`() async throws {
        var server = try server()
        let port = server.port
        let first = try await WebSocketClient(port: try #require(Int(port)), path: "/__skew/ws?v=old")
        let command = try wait(server.url, "--for", "3s", "--timeout", "60s")
        _ = command.nextErrors()
        server.kill()
        server = try self.server(port: port)
        defer { server.stop() }
        // The tab is back after a moment, as browsers are.
        let back = try await WebSocketClient(port: try #require(Int(port)), path: "/__skew/ws?v=old")
        #expect(!command.hasEnded(within: .seconds(5)))
        for tab in [first, back] { await tab.hangUp() }
        let end = command.finish()
        #expect(end.status == 0, "\(end)")
    }

    @Test func `who is denied on the way hears it as exit 2`() async throws {
        let server = try server()
        defer { server.stop() }
        let command = try wait(server.url, "--for", "60s")
        _ = command.nextErrors()
        let caller = HTTPCaller()
        defer { caller.end() }
        _ = try await caller.call(
            HTTPRequest(
                url: server.url + "/admin/revoke", headers: [("Authorization", "Bearer open"), ("Content-Type", "application/json")],
                body: Array(#"{"all":true}"#.utf8)))
        let end = command.finish()
        #expect(end.status == 2, "\(end)")
    }

    @Test func `no server and no right are exit 1, wrong arguments 78`() throws {
        #expect(try wait("http://127.0.0.1:1/__skew").finish().status == 1)
        let server = try server()
        defer { server.stop() }
        let end = try RunningCommand(["wait", server.url], environment: [:]).finish()
        #expect(end.status == 1 && end.errors.contains("denied"), "\(end)")
        for arguments in [["--old", "x"], ["--old", "1", "--current", "9%"], ["--max", "1"], ["--for", "1"], ["--timeout", "forever"]] {
            #expect(try RunningCommand(["wait", server.url] + arguments, environment: Self.environment).finish().status == 78)
        }
    }
}
