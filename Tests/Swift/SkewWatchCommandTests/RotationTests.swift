import Foundation
import Glibc
import TestSockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct RotationTests {
    @Test func `a hang-up puts the secret of the file in force, and a file that cannot be used changes nothing`() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("skewwatch-token-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try "old\n".write(to: file, atomically: true, encoding: .utf8)
        let command = try RunningCommand(
            "serve", "--host", "127.0.0.1", "--port", "0", "--internal-port", "-1", "--loops", "1", "--log-format", "text",
            "--drain-timeout", "0s", "--stats-token-file", file.path)
        var log = ""
        let listening = /Listening\. address=http:\/\/127\.0\.0\.1:(\d+)/
        while log.firstMatch(of: listening) == nil { log += command.nextErrors() }
        let port = try #require(log.firstMatch(of: listening).flatMap { Int($0.1) })

        let viewer = try await WebSocketClient(port: port, path: "/__skew/ws")
        _ = try await viewer.text()
        try await viewer.send(#"{"type":"subscribe-stats","token":"old"}"#)
        #expect(try await viewer.text().contains(#""type":"stats""#))

        try "new\n".write(to: file, atomically: true, encoding: .utf8)
        command.send(SIGHUP)
        #expect(try await viewer.text() == #"{"type":"stats-unauthorized"}"#)
        try await viewer.send(#"{"type":"subscribe-stats","token":"old"}"#)
        #expect(try await viewer.text() == #"{"type":"stats-unauthorized"}"#)
        try await viewer.send(#"{"type":"subscribe-stats","token":"new"}"#)
        #expect(try await viewer.text().contains(#""type":"stats""#))

        try "".write(to: file, atomically: true, encoding: .utf8)
        command.send(SIGHUP)
        while !log.contains("the old secrets stay in force") { log += command.nextErrors() }
        try await viewer.send(#"{"type":"ping"}"#)
        #expect(try await viewer.text() == #"{"type":"pong"}"#)
        #expect(!log.contains("=old") && !log.contains("=new"))
        command.send(SIGTERM)
        #expect(command.finish().status == 0)
    }

    @Test func `a hang-up takes the log level over and names what waits for a restart`() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("skewwatch-settings-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try #"{"debounce":"100ms"}"#.write(to: file, atomically: true, encoding: .utf8)
        let command = try RunningCommand(
            "serve", "--host", "127.0.0.1", "--port", "0", "--internal-port", "-1", "--loops", "1", "--log-format", "text",
            "--drain-timeout", "0s", "--config", file.path)
        var log = ""
        while !log.contains("Listening.") { log += command.nextErrors() }
        try #"{"log-level":"warning","debounce":"200ms"}"#.write(to: file, atomically: true, encoding: .utf8)
        command.send(SIGHUP)
        while !log.contains("New secrets") { log += command.nextErrors() }
        #expect(log.contains("changed=--log-level waitsForRestart=--debounce"))
        command.send(SIGTERM)
        let end = command.finish()
        #expect(end.status == 0 && !(log + end.errors).contains("Ended."))
    }
}
