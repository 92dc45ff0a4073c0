internal import SkewProtocol

/// One update as one line, for programs and for logs.
enum StatisticsLine {
    /// More versions than that are summed up on a plain line.
    static let mostVersions = 10

    /// A JSON object: `timestamp` (ms), `seq`, `total`, `release` where it is known, `versions`, `routes`. Keys are as the server counts them.
    static func json(_ statistics: LiveStatistics, release: String?, timestampMilliseconds: Int64) -> String {
        let releaseMember = release.map { ",\"release\":\(quoted($0))" } ?? ""
        return "{\"timestamp\":\(timestampMilliseconds),\"seq\":\(statistics.sequence),\"total\":\(statistics.total)\(releaseMember)"
            + ",\"versions\":\(object(statistics.versions)),\"routes\":\(object(statistics.routes))}"
    }

    /// Words: the total, then each version with its count and share, most tabs first.
    static func plain(_ statistics: LiveStatistics, time: String) -> String {
        let versions = WatchPage.ranked(statistics.versions)
        var parts = versions.prefix(mostVersions).map { name, count in
            let shown = TerminalText(name, limit: CleanText.versionLimit).text
            return "\(shown) \(ShownNumber.grouped(count)) (\(ShownNumber.share(count, of: statistics.total)))"
        }
        if versions.count > mostVersions { parts.append("and \(versions.count - mostVersions) more") }
        let head = "\(time) \(ShownNumber.grouped(statistics.total)) \(statistics.total == 1 ? "tab" : "tabs")"
        return parts.isEmpty ? head : "\(head): \(parts.joined(separator: ", "))"
    }

    private static func object(_ counts: [String: Int]) -> String {
        "{" + counts.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\($0.value)" }.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String { String(decoding: JSONValue.string(text).encoded, as: UTF8.self) }
}
