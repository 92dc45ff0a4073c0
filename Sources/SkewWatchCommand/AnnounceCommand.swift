internal import ArgumentParser
internal import HTTPCall
internal import SkewProtocol
internal import SkewWatch

/// `skewwatch announce`: tells every open tab that a release is out.
struct AnnounceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "announce", abstract: "Tell all open tabs that a release is out.",
        usage: "skewwatch announce VERSION [URL] [--admin-token-file FILE] [--config FILE]",
        discussion: HelpPage.discussion(
            of: """
                Prints how many were told. Without --admin-token-file, SKEWWATCH_ADMIN_TOKEN or SKEWWATCH_ADMIN_TOKEN_FILE counts. \
                Without a URL it is the server of the settings in the environment.
                """,
            statuses: """
                  0    announced
                  1    refused, or no answer; one sentence on standard error says why
                  78   wrong settings or arguments
                """))

    @Argument(help: ArgumentHelp("The version that is out now.", valueName: "version"))
    var version: String

    @Argument(help: ArgumentHelp("The server with its base path, such as https://app.example.com/__skew.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("File that holds the admin token.", valueName: "file"))
    var adminTokenFile: String?

    @OptionGroup var settings: AccessArguments

    func run() async throws {
        // A wrong URL is told first: a token would not help it.
        try url.map(ServerAccess.check)
        let given = try adminTokenFile.map { try TokenFile.read($0, flag: "--admin-token-file") }
        guard let token = try given ?? settings.load().adminToken?.exposed else {
            throw CommandFailure(
                sentence: "The admin token is missing; name its file with --admin-token-file, or set SKEWWATCH_ADMIN_TOKEN.",
                status: .wrongSettings)
        }
        let access = try ServerAccess(url: url, token: token, caFile: settings.caFile, settings: settings.load)
        StandardStreams.print(Self.sentence(told: try await announce(to: access, token: token)))
    }

    /// - Returns: how many were told.
    private func announce(to access: ServerAccess, token: String) async throws(CommandFailure) -> Int {
        let caller = HTTPCaller(caFile: access.caFile)
        defer { caller.end() }
        let body = JSONValue.object(["version": .string(version)]).encoded
        let request = access.request(
            "/admin/release", headers: [("Authorization", "Bearer \(token)")], body: body, timeout: .seconds(10))
        let answer: HTTPAnswer
        do {
            answer = try await caller.call(request)
        } catch {
            throw CommandFailure(sentence: "\(access.url) cannot be told: \(error.reason).", status: .failed)
        }
        let message = JSONValue(answer.body.span)
        guard answer.status == 200, message?["ok"] == .boolean(true), case .number(let sockets)? = message?["sockets"] else {
            throw CommandFailure(sentence: "\(access.url) answered \(AnswerText.describe(answer)).", status: .failed)
        }
        return Int(exactly: sockets) ?? 0
    }

    private static func sentence(told count: Int) -> String { "Told \(count) open \(count == 1 ? "connection" : "connections")." }
}
