import Foundation
import HTTPCall
import TestSockets
import Testing

/// What survives the end of a process, however it ends.
@Suite(.timeLimit(.minutes(2))) struct DataFolderTests {
    private static let environment = ["SKEWWATCH_STATS_TOKEN": "sesame", "SKEWWATCH_ADMIN_TOKEN": "open"]
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("skewwatch-\(UUID())").path

    private func server(release: String?) throws -> ServingCommand {
        try ServingCommand(
            ["--data-dir", folder] + (release.map { ["--release", $0] } ?? []), environment: Self.environment)
    }

    private func release(of server: ServingCommand) async throws -> String? {
        let caller = HTTPCaller()
        defer { caller.end() }
        let answer = try await caller.call(HTTPRequest(url: server.url + "/health"))
        return String(decoding: answer.body, as: UTF8.self).firstMatch(of: /"version":"([^"]*)"/).map { String($0.1) }
    }

    private func announce(_ version: String, _ server: ServingCommand) throws {
        let end = try RunningCommand("announce", version, server.url, environment: Self.environment).finish()
        #expect(end.status == 0, "\(end)")
    }

    private func read(_ path: String, _ server: ServingCommand, accept: String = "*/*") async throws -> String {
        let caller = HTTPCaller()
        defer { caller.end() }
        let answer = try await caller.call(
            HTTPRequest(url: server.url + path, headers: [("Authorization", "Bearer sesame"), ("Accept", accept)]))
        #expect(answer.status == 200)
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// Whether the file of the history has these words in it, or what SQLite keeps beside it.
    private func isInFolder(_ words: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: folder).contains {
            FileManager.default.contents(atPath: "\(folder)/\($0)")?.firstRange(of: Data(words.utf8)) != nil
        }
    }

    @Test func `what was announced last is the release after a kill, unless the setting was changed`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var server = try server(release: "a")
        #expect(try await release(of: server) == "a")
        try announce("build-b", server)
        // It does not wait for a step of the history.
        #expect(try await Patience.sees { try isInFolder("build-b") })
        server.kill()
        server = try self.server(release: "a")
        #expect(try await release(of: server) == "build-b")
        server.stop()
        server = try self.server(release: nil)
        #expect(try await release(of: server) == "build-b")
        server.kill()
        server = try self.server(release: "c")
        #expect(try await release(of: server) == "c")
        let history = try await read("/admin/history?from=-600&step=10", server)
        for version in ["a", "build-b", "c"] { #expect(history.contains("\"version\":\"\(version)\"")) }
        #expect(history.contains(#""by":"admin"#))
        server.stop()
    }

    @Test func `what was done is there in the next process, with who, and after a kill`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let caller = HTTPCaller()
        defer { caller.end() }
        func post(_ body: String, _ server: ServingCommand) async throws {
            let headers = [(name: "Authorization", value: "Bearer open"), (name: "Content-Type", value: "application/json")]
            _ = try await caller.call(HTTPRequest(url: server.url + "/admin/release", headers: headers, body: Array(body.utf8)))
        }
        var server = try server(release: "a")
        try await post(#"{"version":"build-b","only":["old"],"percent":99,"set":false}"#, server)
        #expect(try await Patience.sees { try isInFolder("99 % of old") })
        server.kill()
        server = try self.server(release: "a")
        // The number of the announcement begins anew; that of before is another one.
        try await post(#"{"version":"c","set":false,"rate":0}"#, server)
        #expect(try await Patience.sees { try await read("/admin/history?from=-60", server).contains(#""version":"c""#) })
        server.stop()
        server = try self.server(release: "a")
        for path in ["/admin/history", "/admin/history?from=-600"] {
            let history = try await read(path, server)
            let object = try JSONSerialization.jsonObject(with: Data(history.utf8)) as? [String: Any]
            let acts = try #require(object?["acts"] as? [[String: Any]])
            #expect(acts.map { $0["version"] as? String } == ["build-b", "c"], "\(history)")
            #expect(acts.map { $0["target"] as? String } == ["99 % of old", nil])
            #expect(acts.allSatisfy { $0["by"] as? String == "admin-token" && $0["kind"] as? String == "announced" })
        }
        server.stop()
    }

    @Test func `samples are there in the next process, as JSON and as a table`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var server = try server(release: "a")
        let tab = try await WebSocketClient(port: try #require(Int(server.port)), path: "/__skew/ws?v=old")
        var text = ""
        while !text.contains("\"old\"") {
            try await Task.sleep(for: .milliseconds(200))
            text = try await read("/admin/history?from=-60&step=10", server)
        }
        server.kill()
        server = try self.server(release: "a")
        #expect(try await read("/admin/history?from=-120&step=1", server).contains("\"old\":["))
        #expect(try await read("/admin/history?from=-120&step=1", server, accept: "text/csv").contains(",old,1\r\n"))
        #expect(try await read("/admin/rollout", server).contains(#""version":"old","tabs":0,"firstSeen":1"#))
        server.stop()
        await tab.hangUp()
    }

    @Test func `a folder that cannot be used is one sentence, and the server counts in memory`() async throws {
        let file = folder + "-file"
        try "x".write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let server = try ServingCommand(["--data-dir", file + "/below", "--release", "a"], environment: Self.environment)
        #expect(try await release(of: server) == "a")
        try announce("b", server)
        #expect(try await release(of: server) == "b")
        server.stop()
    }

    @Test func `a second process on the folder counts in memory, and leaves the first one's history alone`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try server(release: "a")
        let second = try server(release: "z")
        #expect(try await release(of: second) == "z")
        try announce("y", second)
        second.stop()
        first.stop()
        let third = try server(release: "a")
        #expect(try await release(of: third) == "a")
        third.stop()
    }
}
