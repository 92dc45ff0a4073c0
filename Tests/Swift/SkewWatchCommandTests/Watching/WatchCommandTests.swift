import Foundation
import Glibc
import TestSockets
import Testing

@Suite struct WatchCommandTests {
    private static let secrets = ["SKEWWATCH_STATS_TOKEN": "viewer", "SKEWWATCH_ADMIN_TOKEN": "admin"]

    private func server() throws -> ServingCommand { try ServingCommand(["--release", "2.0"], environment: Self.secrets) }

    /// A tab that the server has greeted, so that it counts.
    private func tab(at server: ServingCommand) async throws -> WebSocketClient {
        let tab = try await WebSocketClient(port: try #require(Int(server.port)), path: "/__skew/ws")
        #expect(try await tab.text().contains(#""type":"connected""#))
        return tab
    }

    /// A file with that text for as long as the body runs.
    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/skewwatch-token-\(UUID())"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func `once prints a table and ends, and the watcher is no tab`() throws {
        let server = try server()
        defer { server.stop() }
        try withFile("viewer\n") { path in
            let end = try RunningCommand("watch", server.url, "--once", "--token-file", path).finish()
            #expect(end.status == 0 && end.errors.isEmpty)
            #expect(end.output.contains("SkewWatch  \(server.url)") && end.output.contains("\n0 tabs"))
        }
    }

    @Test func `a watcher that ends is a clean close, and counted apart from tabs`() async throws {
        let server = try ServingCommand(["--internal-port", "0"], environment: Self.secrets)
        defer { server.stop() }
        let environment = ["SKEWWATCH_STATS_TOKEN": "viewer"]
        #expect(try RunningCommand("watch", server.url, "--once", environment: environment).finish().status == 0)
        let port = try #require(Int(server.internalPort))
        let clean = #"skewwatch_observers_closed_total{transport="sse",reason="closed_by_peer"} 1"#
        var metrics = ""
        let isClean = try await Patience.sees {
            metrics = try await HTTPAnswer.to("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", port: port)?.body ?? ""
            return metrics.contains(clean)
        }
        #expect(isClean)
        #expect(metrics.contains(#"skewwatch_connections_opened_total{transport="sse"} 0"#))
    }

    @Test(arguments: ["", "/", "/dashboard", "/dashboard/", "/dashboard?x=1#versions"])
    func `the server's URL may be the dashboard's, or end in a slash`(end: String) throws {
        let server = try server()
        defer { server.stop() }
        let watched = try RunningCommand("watch", server.url + end, "--once", "--json", environment: ["SKEWWATCH_STATS_TOKEN": "viewer"])
            .finish()
        #expect(watched.status == 0 && watched.output.contains(#""total":0"#), "\(watched.errors)")
    }

    @Test func `URL and token come from the settings in the environment where none are given`() throws {
        let server = try server()
        defer { server.stop() }
        let environment = ["SKEWWATCH_STATS_TOKEN": "viewer", "SKEWWATCH_PORT": server.port]
        let end = try RunningCommand("watch", "--once", "--json", environment: environment).finish()
        #expect(end.status == 0 && end.errors.isEmpty)
        #expect(end.output.contains(#""total":0,"state":"nobody-here","old":0,"release":"2.0","versions":{},"routes":{}}"#))
    }

    @Test func `a wrong token, and none, are one sentence and exit 1`() throws {
        let server = try server()
        defer { server.stop() }
        let wrong = try RunningCommand("watch", server.url, environment: ["SKEWWATCH_STATS_TOKEN": "guess"]).finish()
        #expect(wrong == (1, "", "skewwatch: \(server.url) cannot be watched: the statistics are denied to this token.\n"))
        let none = try RunningCommand("watch", server.url).finish()
        #expect(none.status == 1 && none.errors.contains("--token-file") && none.errors.filter { $0 == "\n" }.count == 1)
    }

    @Test func `a server that is not there, a path that is none, and a URL that is none end at once`() throws {
        let server = try server()
        defer { server.stop() }
        #expect(try RunningCommand("watch", "http://127.0.0.1:1").finish().status == 1)
        let path = try RunningCommand("watch", server.url + "/no").finish()
        #expect(path.status == 1 && path.errors.contains("answered 404"))
        #expect(try RunningCommand("watch", "app.example.com").finish().status == 78)
    }

    @Test func `it prints a line an update, comes back after a crash of the server, and SIGINT ends it with 0`() async throws {
        var server = try ServingCommand(["--release", "2.0"], environment: Self.secrets)
        let watch = try RunningCommand("watch", server.url, environment: ["SKEWWATCH_STATS_TOKEN": "viewer"])
        #expect(watch.nextOutput().hasSuffix("Z Nobody here (2.0): 0 tabs, 0 old\n"))
        let tab = try await tab(at: server)
        #expect(watch.nextOutput().hasSuffix("Z Done (2.0): 1 tab, 0 old; 2.0 1 (100.0 %)\n"))
        server.kill()
        #expect(watch.nextErrors().contains("is lost"))
        try await tab.waitForEnd()
        server = try ServingCommand(["--release", "2.1"], port: server.port, environment: Self.secrets)
        var lines = ""
        while !lines.hasSuffix("Z Nobody here (2.1): 0 tabs, 0 old\n") {
            let more = watch.nextOutput()
            try #require(!more.isEmpty)
            lines += more
        }
        watch.send(SIGINT)
        #expect(watch.finish().status == 0)
        server.stop()
    }

    @Test(arguments: [[], ["--changes"], ["--json"]])
    func `the first line waits for the record, by which a release that is just out is no failure`(options: [String]) async throws {
        let server = try server()
        defer { server.stop() }
        let tab = try await tab(at: server)
        let announced = try RunningCommand("announce", "2.1", server.url, environment: ["SKEWWATCH_ADMIN_TOKEN": "admin"]).finish()
        #expect(announced.status == 0)
        let watch = try RunningCommand(["watch", server.url] + options, environment: ["SKEWWATCH_STATS_TOKEN": "viewer"])
        let line = watch.nextOutput()
        #expect(line.contains("Rolling out (2.1): 1 tab, 1 old") || line.contains(#""state":"rolling-out""#), "\(line)")
        watch.send(SIGINT)
        #expect(watch.finish().status == 0)
        withExtendedLifetime(tab) {}
    }

    @Test func `announce tells every open tab and says how many`() async throws {
        let server = try server()
        defer { server.stop() }
        let tab = try await tab(at: server)
        try withFile("admin\n") { path in
            let end = try RunningCommand("announce", "2.1", server.url, "--admin-token-file", path).finish()
            let warning = "skewwatch: warning: nobody runs 2.1; 2.0 is the version seen that is most like it.\n"
            #expect(end == (0, "Told 1 open connection.\n", warning))
        }
        #expect(try await tab.text() == #"{"type":"version","version":"2.1"}"#)
    }

    @Test func `announce repeats the server's refusal, and names a missing token`() throws {
        let server = try server()
        defer { server.stop() }
        let wrong = try RunningCommand("announce", "2.1", server.url, environment: ["SKEWWATCH_ADMIN_TOKEN": "guess"]).finish()
        #expect(wrong.status == 1 && wrong.errors.hasPrefix("skewwatch: \(server.url) answered 401: "))
        let none = try RunningCommand("announce", "2.1", server.url).finish()
        #expect(none.status == 78 && none.errors.contains("--admin-token-file"))
        // A token would not help a wrong URL.
        let nowhere = try RunningCommand("announce", "2.1", "app.example.com").finish()
        #expect(nowhere.status == 78 && nowhere.errors.hasPrefix("skewwatch: The URL must be "))
    }

    @Test(
        arguments: [
            ("app.example.com", "this one begins with neither"), ("ftp://app/x", "this one begins with neither"),
            ("http://:8080/__skew", "this one has no host, or a wrong port"), ("https:///__skew", "this one has no host"),
            ("http://app:99999/__skew", "this one has no host, or a wrong port"),
            ("https://ada:hunter2@app/__skew", "this one has a password"),
            ("https://app/__skew?x=1", "this one has a ? or a #"), ("https://app/a b", "this one has a blank"),
            ("https://app/ä", "this one has a character that is no ASCII"),
        ], ["announce", "watch", "wait", "history"])
    func `a wrong URL of a server is told with the reason, before anybody is asked, and without a word of it`(
        wrong: (url: String, reason: String), command: String
    ) throws {
        let arguments = command == "announce" ? [command, "2.1", wrong.url] : [command, wrong.url]
        let tokens = ["SKEWWATCH_ADMIN_TOKEN": "admin", "SKEWWATCH_STATS_TOKEN": "viewer"]
        let end = try RunningCommand(arguments, environment: tokens).finish()
        #expect(end.status == 78 && end.output.isEmpty && end.errors.hasPrefix("skewwatch: The URL must be "), "\(end.errors)")
        #expect(end.errors.contains(wrong.reason) && !end.errors.contains("hunter2"), "\(end.errors)")
    }
}
