internal import ArgumentParser
internal import SkewWatch

/// `skewwatch watch`: the statistics in a terminal, as they change.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Show the statistics of a server, live.",
        usage: "skewwatch watch [URL] [--token-file FILE] [--once] [--json] [--every TIME] [--changes] [--config FILE]",
        discussion: HelpPage.discussion(
            of: """
                On a terminal: a page with the state of the rollout as the dashboard says it, the old tabs over time, versions, and where the \
                old tabs are; o shows all routes, ? the keys, q or Ctrl-C ends it. Elsewhere: a line an update. It is no tab, so it is not counted, unless the server has --exclude-bots false. \
                Without a token argument, SKEWWATCH_STATS_TOKEN or SKEWWATCH_STATS_TOKEN_FILE counts. A lost connection is tried again; \
                one that never worked is not. NO_COLOR is respected.
                """,
            statuses: """
                  0    ended by Ctrl-C, SIGTERM or SIGHUP, or nobody reads any more
                  1    denied, or no connection can be made; one sentence on standard error says why
                  78   wrong settings or arguments
                """))

    @Argument(
        help: ArgumentHelp(
            "The server with its base path, such as https://app.example.com/__skew; without it the one of the settings in the environment.",
            valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("File that holds the stats token.", valueName: "file"))
    var tokenFile: String?

    @Option(help: ArgumentHelp("The stats token itself; command lines are public, so a file is better.", valueName: "token"))
    var token: String?

    @OptionGroup var settings: AccessArguments

    @Flag(help: "Print a line of JSON an update: timestamp, seq, total, release, versions, routes.")
    var json = false

    @Flag(help: "Print what is now, and end.")
    var once = false

    @Option(help: ArgumentHelp("Print at most a line in so much time, such as 10s.", valueName: "time"))
    var every: String?

    @Flag(help: "Print a line only where the state of the rollout or the release changes.")
    var changes = false

    func run() async throws {
        let filter = LineFilter(every: try every.map(Self.duration) ?? .zero, onlyChanges: changes)
        let access = try ServerAccess(
            url: url, token: try givenToken() ?? settings.load().statsToken?.exposed, caFile: settings.caFile, settings: settings.load)
        if let sentence = await watch(access, filter) {
            throw CommandFailure(sentence: "\(access.url) cannot be watched: \(sentence).", status: .failed)
        }
    }

    /// - Returns: why it cannot be watched; the terminal is given back by then.
    private func watch(_ access: ServerAccess, _ filter: LineFilter) async -> String? {
        var run = WatchRun(access, form: form, isOnce: once, filter: filter)
        return await run.run()
    }

    private var form: WatchOutput.Form {
        if json { return .json }
        if once { return .table }
        let wantsLines = every != nil || changes
        return Terminal.takesCommands && !wantsLines ? .page(PageOnTerminal()) : .plain
    }

    /// `250ms`, `10s`, `5m`, `1h`.
    private static func duration(_ text: String) throws(CommandFailure) -> Duration {
        let units: [(String, Duration)] = [("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600))]
        for (name, unit) in units where text.hasSuffix(name) {
            if let count = Int(text.dropLast(name.count)), (1...1_000_000).contains(count) { return unit * count }
        }
        throw CommandFailure(sentence: "--every must be a time such as 10s or 5m.", status: .wrongSettings)
    }

    private func givenToken() throws -> String? {
        guard let tokenFile else { return token }
        guard token == nil else {
            throw CommandFailure(sentence: "--token and --token-file contradict each other; give one of them.", status: .wrongSettings)
        }
        return try TokenFile.read(tokenFile, flag: "--token-file")
    }
}
