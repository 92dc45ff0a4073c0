internal import ArgumentParser
internal import HTTPCall
internal import SkewProtocol
internal import SkewWatch

/// `skewwatch announce`: tells every open tab that a release is out.
struct AnnounceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "announce", abstract: "Tell all open tabs that a release is out.",
        usage: """
            skewwatch announce VERSION [URL] [--rate N] [--only VERSION] [--route ROUTE] [--percent N]
                               [--urgent] [--again] [--keep-release] [--follow]
                               [--admin-token-file FILE] [--config FILE]
            """,
        discussion: HelpPage.discussion(
            of: """
                Prints how many are told; those that run the version already are not. With --follow it waits until all were. Without --admin-token-file, SKEWWATCH_ADMIN_TOKEN or SKEWWATCH_ADMIN_TOKEN_FILE counts. \
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

    @Option(help: ArgumentHelp("Tabs told in a second, over all loops; 0 for at once. Without it 500.", valueName: "n"))
    var rate: Int?

    @Option(
        help: ArgumentHelp(
            "Tell only tabs of this version; may be given several times. A * at the end stands for any rest.", valueName: "version"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Tell only tabs on this route or pattern; may be given several times.", valueName: "route"))
    var route: [String] = []

    @Option(help: ArgumentHelp("Tell so many of a hundred tabs, the same ones each time.", valueName: "n"))
    var percent: Int?

    @Flag(help: "Say that pages should not wait.")
    var urgent = false

    @Flag(help: "Tell also those that were told of this version before.")
    var again = false

    @Flag(help: "Tell tabs, but leave the release what it is.")
    var keepRelease = false

    @Flag(help: "Show on standard error how it goes on, and end when everybody was told.")
    var follow = false

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
        let caller = HTTPCaller(caFile: access.caFile)
        defer { caller.end() }
        let answer = try await ask(caller, access, token, body: JSONValue.object(fields).encoded)
        guard case .number(let id)? = answer["id"], case .number(let matching)? = answer["matching"] else {
            throw CommandFailure(sentence: "\(access.url) answered something else than an announcement.", status: .failed)
        }
        if let warning = answer["warning"]?.text, let clean = CleanText.clean(warning.utf8.span, limit: 300) {
            StandardStreams.complain("warning: \(clean).")
        }
        if case .array(let doubts)? = answer["partial"] {
            let reasons = doubts.compactMap(\.text).compactMap { CleanText.clean($0.utf8.span, limit: 40) }
            StandardStreams.complain("warning: not all nodes have said yet how many they tell (\(reasons.joined(separator: ", "))).")
        }
        if follow { try await self.follow(Int(id), caller, access, token) }
        StandardStreams.print(Self.sentence(told: Int(matching)))
    }

    /// The body of the request.
    private var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = ["version": .string(version)]
        if let rate { fields["rate"] = .number(Double(rate)) }
        if !only.isEmpty { fields["only"] = .array(only.map { .string($0) }) }
        if !route.isEmpty { fields["routes"] = .array(route.map { .string($0) }) }
        if let percent { fields["percent"] = .number(Double(percent)) }
        if urgent { fields["urgent"] = .boolean(true) }
        if again { fields["again"] = .boolean(true) }
        if keepRelease { fields["set"] = .boolean(false) }
        return fields
    }

    /// - Parameter body: nil to ask what became of announcements.
    private func ask(_ caller: HTTPCaller, _ access: ServerAccess, _ token: String, body: [UInt8]?) async throws(CommandFailure)
        -> JSONValue
    {
        let request = access.request(
            "/admin/release", headers: [("Authorization", "Bearer \(token)")], body: body, timeout: .seconds(10))
        let answer: HTTPAnswer
        do {
            answer = try await caller.call(request)
        } catch {
            throw CommandFailure(sentence: "\(access.url) cannot be told: \(error.reason).", status: .failed)
        }
        guard 200...299 ~= answer.status, let value = JSONValue(answer.body.span) else {
            throw CommandFailure(sentence: "\(access.url) answered \(AnswerText.describe(answer)).", status: .failed)
        }
        return value
    }

    /// Shows how an announcement goes on until it has ended.
    private func follow(_ id: Int, _ caller: HTTPCaller, _ access: ServerAccess, _ token: String) async throws {
        while true {
            let state = try await ask(caller, access, token, body: nil)
            guard case .array(let entries)? = state["announcements"], let entry = entries.first(where: { $0["id"] == .number(Double(id)) }),
                case .number(let told)? = entry["told"], case .number(let left)? = entry["left"]
            else { throw CommandFailure(sentence: "\(access.url) knows no announcement \(id) any more.", status: .failed) }
            StandardStreams.note("\(ShownNumber.grouped(Int(told))) told, \(ShownNumber.grouped(Int(left))) left.")
            switch entry["state"]?.text {
            case "running": try? await Task.sleep(for: .seconds(1))
            case "done": return
            case let word:
                throw CommandFailure(
                    sentence: "The announcement was \(word == "replaced" ? "replaced by another" : "stopped").", status: .failed)
            }
        }
    }

    private static func sentence(told count: Int) -> String { "Told \(count) open \(count == 1 ? "connection" : "connections")." }
}
