import Foundation
import Testing

/// The commands and a server on a Unix socket.
@Suite(.timeLimit(.minutes(1))) struct UnixSocketCommandTests {
    private static let tokens = [
        "SKEWWATCH_STATS_TOKEN": "a-token-of-more-than-24-letters", "SKEWWATCH_ADMIN_TOKEN": "another-one-of-more-than-24-letters",
    ]

    @Test func `every command finds it by the settings, and by its path`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "skewwatch-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let socket = "unix:\(folder)/socket"
        let settings = ["--port", "-1", "--internal-port", "-1", "--listen", socket, "--trusted-proxies", "unix:"]
        let server = try RunningCommand(["serve", "--drain-timeout", "0s"] + settings, environment: Self.tokens)
        var lines = ""
        while !lines.contains("Listening.") {
            let more = server.nextErrors()
            try #require(!more.isEmpty, "The server ended: \(lines)")
            lines += more
        }
        #expect(lines.contains(socket) && !lines.contains("http://"))

        let health = try RunningCommand(["health"] + settings, environment: [:]).finish()
        #expect(health.status == 0 && health.output == "ok\n", "\(health)")
        let announced = try RunningCommand(["announce", "v2", socket], environment: Self.tokens).finish()
        #expect(announced.status == 0, "\(announced)")
        let watched = try RunningCommand(["watch", socket, "--once", "--json"], environment: Self.tokens).finish()
        #expect(watched.status == 0 && watched.output.contains(#""total":0"#), "\(watched)")
        let second = try RunningCommand(["serve"] + settings, environment: [:]).finish()
        #expect(second.status == 1 && second.errors.contains("Another program listens on \(socket)"), "\(second)")
        let check = try RunningCommand(["check"] + settings, environment: [:]).finish()
        #expect(check.status == 0, "\(check)")

        server.send(SIGTERM)
        #expect(server.finish().status == 0)
        let gone = try RunningCommand(["health"] + settings, environment: [:]).finish()
        #expect(gone.status == 1 && gone.errors.contains("no answer from \(socket)"), "\(gone)")
    }

    @Test func `check says where a socket cannot be`() throws {
        let end = try RunningCommand("check", "--listen", "unix:/nowhere/socket").finish()
        #expect(end.status == 1 && end.errors.contains("Cannot listen on unix:/nowhere/socket: No such file or directory."), "\(end)")
        let none = try RunningCommand("check", "--port", "-1").finish()
        #expect(none.status == 78 && none.errors.contains("--port -1 needs --listen"), "\(none)")
    }
}
