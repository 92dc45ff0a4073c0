internal import ArgumentParser
internal import HTTPCall
internal import SkewProtocol
internal import SkewWatch

/// `skewwatch history`: who ran which version when.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show who ran which version when.",
        usage: """
            skewwatch history [URL] [--from TIME] [--to TIME] [--step DURATION] [--csv | --json]
                              [--token-file FILE] [--config FILE]
            """,
        discussion: HelpPage.discussion(
            of: """
                TIME is how long ago (90m, 24h), or a time such as 2026-11-29T14:00:00Z. Without --csv or --json it is a plot: a line for \
                each version, then the releases and what else was done. A server without --data-dir remembers a day.
                """,
            statuses: """
                  0    shown
                  1    refused, or no answer; one sentence on standard error says why
                  78   wrong settings or arguments
                """))

    @Argument(help: ArgumentHelp("The server with its base path, such as https://app.example.com/__skew.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("Where it begins.", valueName: "time"))
    var from = "24h"

    @Option(help: ArgumentHelp("Where it ends; now unless given.", valueName: "time"))
    var to: String?

    @Option(help: ArgumentHelp("How far apart the samples are.", valueName: "duration"))
    var step: String?

    @Flag(help: "Print a table: time, version, tabs.")
    var csv = false

    @Flag(help: "Print what the server answers.")
    var json = false

    @Option(help: ArgumentHelp("File that holds the stats token.", valueName: "file"))
    var tokenFile: String?

    @OptionGroup var settings: AccessArguments

    func run() async throws {
        guard !(csv && json) else { throw Self.wrong("--csv and --json contradict each other; give one of them.") }
        var query = "?from=\(try Self.time(from, of: "--from"))"
        if let to { query += "&to=\(try Self.time(to, of: "--to"))" }
        if let step {
            guard let duration = Duration(setting: step), duration >= .seconds(1) else {
                throw Self.wrong("--step must be a duration, such as 10s, 5m or 1h.")
            }
            query += "&step=\(duration.components.seconds)"
        }
        let access = try ServerAccess(reading: url, tokenFile: tokenFile, settings)
        let answer = try await ask(access, query)
        if csv || json { return StandardStreams.print(String(decoding: answer, as: UTF8.self)) }
        guard let history = JSONValue(answer.span), let plot = HistoryPlot(history) else {
            throw CommandFailure(sentence: "\(access.url) answered something else than a history.", status: .failed)
        }
        StandardStreams.print(plot.text(columns: min(120, Terminal.size.columns), glyphs: Terminal.glyphs))
    }

    private func ask(_ access: ServerAccess, _ query: String) async throws(CommandFailure) -> [UInt8] {
        let caller = HTTPCaller(caFile: access.caFile)
        defer { caller.end() }
        var headers = [(name: "Accept", value: csv ? "text/csv" : "application/json")]
        if let token = access.token { headers.append(("Authorization", "Bearer \(token)")) }
        var request = access.request("/admin/history" + query, headers: headers, timeout: .seconds(30))
        request.maxAnswerBytes = 64 << 20
        let answer: HTTPAnswer
        do {
            answer = try await caller.call(request)
        } catch {
            throw CommandFailure(sentence: "\(access.url) cannot be asked: \(error.reason).", status: .failed)
        }
        guard answer.status != 204 else {
            throw CommandFailure(
                sentence: "The history is for who has a token; name its file with --token-file, or set SKEWWATCH_STATS_TOKEN.",
                status: .failed)
        }
        guard answer.status == 200 else {
            throw CommandFailure(sentence: "\(access.url) answered \(AnswerText.describe(answer)).", status: .failed)
        }
        return answer.body
    }

    /// A time as the server reads it.
    static func time(_ text: String, of flag: String) throws(CommandFailure) -> String {
        if let ago = Duration(setting: text) { return "-\(max(1, ago.components.seconds))" }
        guard WireTime.read(text, now: 0) != nil, !text.hasPrefix("-") else {
            throw wrong("\(flag) must be how long ago, such as 90m or 24h, or a time such as 2026-11-29T14:00:00Z.")
        }
        return text.replacing("+", with: "%2B")
    }

    private static func wrong(_ sentence: String) -> CommandFailure { CommandFailure(sentence: sentence, status: .wrongSettings) }
}
