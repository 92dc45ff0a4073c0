internal import ArgumentParser
internal import HTTPCall

/// `skewwatch health`: tells a container's health check how the server of the same settings is.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask the running server whether it is healthy.",
        usage: "skewwatch health [settings]",
        discussion: HelpPage.discussion(
            of: """
                Asks GET /live at the internal host and port of the settings, which answers while all loops turn, also at the limit of \
                connections and in a drain; GET <base path>/health at the public ones, or at --listen, where --internal-port is -1. On 127.0.0.1 or \
                ::1 where the host is 0.0.0.0 or ::. Waits 2 seconds.
                """,
            statuses: """
                  0    healthy
                  1    not healthy, or no answer; one sentence on standard error says why
                  78   wrong settings
                """))

    @OptionGroup var arguments: SettingArguments

    func run() async throws {
        let server = try LocalServer.probe(try arguments.load(for: Self.self))
        let caller = HTTPCaller()
        defer { caller.end() }
        let answer: HTTPAnswer
        do {
            answer = try await caller.call(HTTPRequest(url: server.url, checksCertificate: false, socketPath: server.socketPath))
        } catch {
            throw CommandFailure(sentence: "There is no answer from \(server.name): \(error.reason).", status: .failed)
        }
        guard answer.status == 200, answer.body.starts(with: Array(#"{"ok":true"#.utf8)) else {
            // The server's own words, where it has some: which loop does not turn, or that it ends.
            let reason = answer.status == 503 ? AnswerText.describe(answer) : "\(answer.status): that is no SkewWatch, or another base path"
            throw CommandFailure(sentence: "\(server.name) answered \(reason).", status: .failed)
        }
        StandardStreams.print("ok")
    }
}
