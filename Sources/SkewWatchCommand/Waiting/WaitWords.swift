internal import Presence
internal import SkewProtocol

/// How a wait and its end are told.
enum WaitWords {
    /// One line about where it stands.
    /// - Parameters:
    ///   - said: what the page and `watch` say of the rollout; nil while nothing is known.
    ///   - barWidth: of a bar in letters, on a terminal; 0 for a line that stays, which has room for the sentence.
    static func progress(_ course: WaitCourse, _ said: RolloutSentence?, at now: Duration, barWidth: Int) -> String {
        let condition = course.rule.condition
        let left = "gives up in \(span(course.rule.deadline - now))"
        guard let view = course.view else { return "Not connected: nothing is known. \(left)" }
        guard let count = condition.count(in: view) else { return "No release is known. \(left)" }
        let state = said.map { barWidth > 0 ? "\($0.mark) \($0.word) " : "\($0.word): \($0.lead) " } ?? ""
        var parts = ["\(ShownNumber.grouped(count)) of \(ShownNumber.grouped(view.total)) \(subject(condition))"]
        if barWidth > 0, view.total > 0 {
            let done = condition.isAtMost ? view.total - count : count
            let filled = done * barWidth / view.total
            parts.insert("[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: barWidth - filled))]", at: 0)
        }
        if let fall = course.fall, fall != 0 { parts.append("\(fall > 0 ? "−" : "+")\(abs(fall)) in a minute") }
        var doubts = course.rule.doubts(view).map(word)
        if let since = course.rule.holdsSince { doubts.append("holds for \(span(now - since)) of \(span(course.rule.holdFor))") }
        return state + (parts + doubts + [left]).joined(separator: ", ")
    }

    /// One sentence about how it ended.
    static func result(_ course: WaitCourse, isReached: Bool, at now: Duration) -> String {
        let rule = course.rule
        let state = course.view.map { view in
            let count = rule.condition.count(in: view).map { ShownNumber.grouped($0) } ?? "an unknown number"
            return " \(count) of \(ShownNumber.grouped(view.total)) \(subject(rule.condition))."
        }
        if isReached { return "Reached: \(rule.condition) held for \(span(rule.holdFor)).\(state ?? "")" }
        let doubts = course.view.map { rule.doubts($0).map(word) } ?? ["not connected"]
        let why = doubts.isEmpty ? "" : " In doubt: \(doubts.joined(separator: ", "))."
        return
            "Not reached: \(rule.condition) did not hold for \(span(rule.holdFor)) within \(span(now - course.start)).\(state ?? "")\(why)"
    }

    /// The same as a JSON object.
    static func json(_ course: WaitCourse, isReached: Bool, at now: Duration) -> String {
        let view = course.view
        let number: (Int?) -> JSONValue = { $0.map { .number(Double($0)) } ?? .null }
        let doubts = view.map { course.rule.doubts($0).map(word) } ?? ["not connected"]
        let members: [String: JSONValue] = [
            "reached": .boolean(isReached), "condition": .string(course.rule.condition.description),
            "seconds": .number(Double((now - course.start).components.seconds)),
            "release": view?.release.map { .string($0) } ?? .null,
            "total": number(view?.total), "current": number(view?.current), "old": number(view?.old),
            "versions": view.map { .object($0.versions.mapValues { .number(Double($0)) }) } ?? .null,
            "doubts": .array(doubts.map { .string($0) }),
        ]
        return String(decoding: JSONValue.object(members).encoded, as: UTF8.self)
    }

    private static func subject(_ condition: RolloutCondition) -> String {
        switch condition.subject {
        case .old: "tabs are old"
        case .current: "tabs are current"
        case .version(let name): "tabs run \(TerminalText(name, limit: CleanText.versionLimit).text)"
        }
    }

    private static func word(_ doubt: RolloutView.Doubt) -> String {
        switch doubt {
        case .justStarted: "the server has just started"
        case .partial(let reasons): "numbers of other nodes are missing (\(reasons.joined(separator: ", ")))"
        case .returning(let count): "\(count) tabs are between two nodes"
        case .other(let count): "\(count) tabs run versions without a name"
        }
    }

    private static func span(_ duration: Duration) -> String { RolloutSentence.span(Int64(max(0, duration.components.seconds)) * 1000) }
}
