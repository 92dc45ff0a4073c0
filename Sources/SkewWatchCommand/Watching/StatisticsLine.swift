internal import Presence
internal import SkewProtocol

/// One update as one line, for programs and for logs.
enum StatisticsLine {
    /// More versions than that are summed up on a plain line.
    static let mostVersions = 10

    /// A JSON object: `timestamp` (ms), `seq`, `total`, `old` and `release` where a release is known, `state`, `versions`, `routes`, and of
    /// several nodes `nodes`, and `partial` and `returning` where there is something to say. Keys are as the server counts them.
    static func json(_ statistics: LiveStatistics, _ facts: RolloutFacts, timestampMilliseconds: Int64) -> String {
        let releaseMember = facts.release.map { ",\"old\":\(facts.old),\"release\":\(quoted($0))" } ?? ""
        return
            "{\"timestamp\":\(timestampMilliseconds),\"seq\":\(statistics.sequence),\"total\":\(statistics.total),\"state\":\"\(facts.state.rawValue)\"\(releaseMember)"
            + ",\"versions\":\(object(statistics.versions)),\"routes\":\(object(statistics.routes))\(doubts(statistics))}"
    }

    /// Words: the state, the total, how many are old, then each version with its count and share, most tabs first. Previews have no share.
    static func plain(_ statistics: LiveStatistics, _ facts: RolloutFacts, time: String) -> String {
        let versions = WatchPage.ranked(statistics.versions)
        let isPreview = { RolloutCourse.matches($0, statistics.previews) }
        let counted = statistics.total - versions.filter { isPreview($0.name) }.reduce(0) { $0 + $1.count }
        var parts = versions.prefix(mostVersions).map { name, count in
            let shown = TerminalText(name, limit: CleanText.versionLimit).text
            return "\(shown) \(ShownNumber.grouped(count)) (\(isPreview(name) ? "preview" : ShownNumber.share(count, of: counted)))"
        }
        if versions.count > mostVersions { parts.append("and \(versions.count - mostVersions) more") }
        let word = RolloutSentence.word(facts.state)
        let release = facts.release.map { " (\(TerminalText($0, limit: CleanText.versionLimit).text))" } ?? ""
        let old = facts.release == nil ? "" : ", \(ShownNumber.grouped(facts.old)) old"
        let tabs = "\(ShownNumber.grouped(statistics.total)) \(statistics.total == 1 ? "tab" : "tabs")"
        let head = "\(time) \(word)\(release): \(tabs)\(old)"
        let said = parts.isEmpty ? head : "\(head); \(parts.joined(separator: ", "))"
        // How many nodes there are is no news of a line; what is missing is.
        guard !statistics.partial.isEmpty || statistics.returning > 0 else { return said }
        return NodesWords.line(statistics).map { "\(said). \($0)" } ?? said
    }

    /// What may be missing of the numbers of several nodes; nothing where they are whole.
    private static func doubts(_ statistics: LiveStatistics) -> String {
        let partial = statistics.partial.map { quoted($0) }.joined(separator: ",")
        let nodes = statistics.nodes.map {
            ",\"nodes\":{\"up\":\($0.up),\"joining\":\($0.joining),\"leaving\":\($0.leaving),\"lost\":\($0.lost)}"
        }
        return (nodes ?? "") + (partial.isEmpty ? "" : ",\"partial\":[\(partial)]")
            + (statistics.returning == 0 ? "" : ",\"returning\":\(statistics.returning)")
    }

    private static func object(_ counts: [String: Int]) -> String {
        "{" + counts.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\($0.value)" }.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String { String(decoding: JSONValue.string(text).encoded, as: UTF8.self) }
}
