import Foundation
import HTTPCall
import TestSockets
import Testing

@testable import SkewWatchCommand

/// The receiver of Docker/examples checks what the program sends.
@Suite(.timeLimit(.minutes(1))) struct WebhookExampleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test func `the receiver takes what is signed with its secret, and nothing else`() async throws {
        let (receiver, port) = try await receiver()
        defer { receiver.signal(SIGKILL) }
        func check(_ secret: String) throws -> (status: Int32, output: String, errors: String) {
            try RunningCommand(
                ["check", "--deep", "--webhook-url", "http://127.0.0.1:\(port)/", "--webhook-secret", secret], environment: [:]
            ).finish()
        }
        let stranger = try check("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        #expect(stranger.status == 1 && stranger.errors.contains("it answered 401"), "\(stranger)")
        let ours = try check(Self.secret)
        #expect(ours.status == 0, "\(ours)")
        #expect(try await receiver.line() == "webhook.test SkewWatch can reach this webhook.")
    }

    private func receiver(port: String? = nil) async throws -> (Child, port: String) {
        let script = Self.root.appending(path: "Docker/examples/webhook/receive.py").path
        let child = try Child(
            URL(filePath: "/usr/bin/python3"), [script] + (port.map { [$0] } ?? []), environment: ["WEBHOOK_SECRET": Self.secret])
        let hello = try await child.line()
        return (child, String(try #require(hello.wholeMatch(of: /listening ([0-9]+)/)?.1, "\(hello)")))
    }

    private func metric(_ sample: String, _ server: ServingCommand) async throws -> String {
        let caller = HTTPCaller()
        defer { caller.end() }
        let answer = try await caller.call(HTTPRequest(url: "http://127.0.0.1:\(server.internalPort)/metrics"))
        let line = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(sample) }
        return line.map { String($0.dropFirst(sample.count + 1)) } ?? ""
    }

    @Test func `over kills of the server an event that was not taken is told, and one that was taken is not told again`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "skewwatch-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (away, port) = try await receiver()
        away.signal(SIGKILL)
        let environment = ["SKEWWATCH_ADMIN_TOKEN": "open"]
        func serve() throws -> ServingCommand {
            try ServingCommand(
                [
                    "--data-dir", folder, "--internal-port", "0", "--webhook-url", "http://127.0.0.1:\(port)/", "--webhook-secret",
                    Self.secret,
                ], environment: environment)
        }
        func announce(_ version: String, _ server: ServingCommand) throws {
            let end = try RunningCommand("announce", version, server.url, environment: environment).finish()
            #expect(end.status == 0, "\(end)")
        }
        var server = try serve()
        // The first look knows what was there; what is announced after it is news.
        var number = 0
        while try await metric(#"skewwatch_webhook_tries_total{result="failed"}"#, server) == "0" {
            number += 1
            try announce("build-\(number)", server)
            // The server looks once a second what there is to tell.
            try await Task.sleep(for: .milliseconds(1100))
        }
        server.kill()
        let (back, _) = try await receiver(port: port)
        defer { back.signal(SIGKILL) }
        server = try serve()
        // What was taken is written down before the next one is sent.
        try announce("next", server)
        func told(until version: String) async throws -> [String] {
            var lines: [String] = []
            while lines.last != "release.announced \(version) is out; 0 tabs are on something else." {
                lines.append(try await back.line())
            }
            return lines
        }
        let earlier = try await told(until: "next")
        #expect(earlier.first?.hasPrefix("release.announced build-") == true, "\(earlier)")
        server.kill()
        server = try serve()
        try announce("last", server)
        let later = try await told(until: "last")
        #expect(Set(later).isDisjoint(with: earlier.dropLast()), "\(later) after \(earlier)")
        server.stop()
    }

    /// Takes what the incoming webhook of a chat takes, an object with a text at its own path, and shows that.
    private static let chat = """
        import http.server, json
        class Chat(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                good = self.path == "/hooks/KEY" and isinstance(message.get("text"), str)
                self.send_response(200 if good else 400)
                self.end_headers()
                self.wfile.write(b"ok" if good else b"invalid_payload")
                if good: print(message["text"], flush=True)
            def log_message(self, *_): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Chat)
        print("listening", server.server_port, flush=True)
        server.serve_forever()
        """

    @Test func `the example of the README posts to a chat`() async throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let path = try #require(readme.firstMatch(of: /skewwatch serve --webhook-url https:\/\/chat.example.com(\S+)/)?.1)
        let chat = try Child(URL(filePath: "/usr/bin/python3"), ["-c", Self.chat], environment: [:])
        defer { chat.signal(SIGKILL) }
        let hello = try await chat.line()
        let port = try #require(hello.wholeMatch(of: /listening ([0-9]+)/)?.1, "\(hello)")
        let environment = ["SKEWWATCH_ADMIN_TOKEN": "open"]
        let server = try ServingCommand(["--webhook-url", "http://127.0.0.1:\(port)\(path)"], environment: environment)
        defer { server.stop() }
        for number in 1...3 {
            _ = try RunningCommand("announce", "build-\(number)", server.url, environment: environment).finish()
            // The server looks once a second what there is to tell.
            try await Task.sleep(for: .milliseconds(1100))
        }
        let said = try await chat.line()
        #expect(said.wholeMatch(of: /build-[123] is out; 0 tabs are on something else\./) != nil, "\(said)")
    }
}
