/// The checks of a run, made from what was counted.
extension Course {
    /// Adds a check to the report.
    func check(_ name: String, _ held: Bool, _ found: String) {
        report.checks.append(Check(name: name, held: held, found: found))
    }

    /// Adds a figure to the report.
    func figure(_ name: String, _ value: Double, _ unit: String) {
        report.figures.append(.init(name: name, value: value, unit: unit))
    }

    /// What every scenario promises: all tabs came to be, were greeted and stayed, and the run ended in its time.
    func checkTabs() {
        let tally = crowd.tally
        check(
            "every tab opened", tally.failed == 0 && tally.opened > 0,
            "\(Numbers.text(tally.opened)) opened, \(Numbers.text(tally.failed)) failed")
        check("no tab was lost", tally.lost == 0, "\(Numbers.text(tally.lost)) lost")
        check(
            "connected came first", tally.misgreeted == 0 && tally.greeted >= tally.opened - tally.closed - tally.lost - tally.away,
            "\(Numbers.text(tally.greeted)) greeted, \(Numbers.text(tally.misgreeted)) with something else")
        let unanswered = tally.endings[.closeUnanswered] ?? 0
        check("every close was answered", unanswered == 0 && !crowd.isLeaving, "\(Numbers.text(unanswered)) were not")
        if let server = settings.server { check("the server lives", server.usage != nil, "process \(server.pid)") }
        if wasKilled {
            check("who lost the server came back", tally.away > 0 && !crowd.isReturning, "\(Numbers.text(tally.away)) connections did")
        }
        check("the run ended in time", !ranOut, "limit \(Numbers.text(Int(settings.timeLimit / 1_000_000_000))) s")
        report.latencyMilliseconds["handshake"] = tally.handshake.figures
        report.losses = tally.endings.sorted { $0.value > $1.value }.map { .init(sentence: $0.key.sentence, count: $0.value) }
    }

    /// What subscribers were told, and that they stayed.
    /// With `allowsRepeats` what the first delta after a list repeats is a figure, else a fault.
    func checkSubscribers(allowsRepeats: Bool) {
        let subscribers = crowd.subscribers
        guard !subscribers.isEmpty else { return }
        let tally = crowd.tally
        let checked = subscribers.count { $0.isFed && $0.isChecked }
        let (fed, denied) = (subscribers.count { $0.isFed }, subscribers.count { $0.isUnauthorized })
        let hint = denied > 0 ? "; \(denied) unauthorized: is the token right?" : ""
        let ended = subscribers.count { $0.ending != nil }
        // Each that lost its server is there again as another one.
        let open = subscribers.filter { $0.ending == nil }
        check(
            "every subscriber is fed", wasKilled ? open.allSatisfy(\.isFed) : fed == subscribers.count,
            "\(fed) of \(subscribers.count)\(hint)")
        check("every subscriber stayed", wasKilled ? open.count >= ended : ended == 0, "\(ended) ended")
        for name in ["messages can be read", "no gap in seq", "rows open once and close once", "counts are exact", "rows are exact"] {
            let count = tally.violationCounts[name] ?? 0
            let examples = (tally.violations[name] ?? []).map(\.sentence).joined(separator: "; ")
            check(name, count == 0 && checked > 0, count == 0 ? "\(checked) subscribers checked" : "\(count) times: \(examples)")
        }
        if crowd.settings.nodes.count > 1 { checkNodes() }
        let repeats = subscribers.map(\.checker.repeats).reduce(0, +)
        figure("rows that a delta repeats after a list", Double(repeats), "")
        figure("rows that came and went between two deltas", Double(subscribers.map(\.checker.flashes).reduce(0, +)), "")
        if !allowsRepeats { check("deltas repeat nothing", repeats == 0 && checked > 0, "\(Numbers.text(repeats)) rows") }
        report.latencyMilliseconds["staleness"] = tally.staleness.figures
        for mode in ClientMessage.Mode.allCases {
            let same = subscribers.filter { $0.mode == mode }
            guard !same.isEmpty else { continue }
            figure("messages per \(mode.rawValue) subscriber", Double(same.map(\.messages).reduce(0, +)) / Double(same.count), "")
            let bytes = same.map(\.bytes).reduce(0, +)
            let checkedOnes = same.filter(\.isChecked)
            if mode == .delta, !checkedOnes.isEmpty {
                let lists = Double(checkedOnes.map(\.snapshots).reduce(0, +)) / Double(checkedOnes.count)
                figure("whole lists among them, per checked one", lists, "")
            }
            figure("bytes per \(mode.rawValue) subscriber", Double(bytes) / Double(same.count), "bytes")
        }
    }

    /// Of several nodes: that each was looked at, and that all said of themselves to be whole when nothing changed any more.
    private func checkNodes() {
        let checked = crowd.subscribers.filter(\.isWatching)
        let nodes = Set(checked.map(\.node)).count
        check("every node is looked at", nodes == crowd.settings.nodes.count, "\(nodes) of \(crowd.settings.nodes.count)")
        let count = crowd.tally.violationCounts["whole when at rest"] ?? 0
        let examples = (crowd.tally.violations["whole when at rest"] ?? []).map(\.sentence).joined(separator: "; ")
        check(
            "whole when at rest", count == 0 && !checked.isEmpty,
            count == 0 ? "\(checked.count) subscribers" : "\(count) times: \(examples)")
        let partials = checked.map(\.checker.partials).reduce(0, +)
        figure("messages that said to be partial, per checked one", Double(partials) / Double(max(1, checked.count)), "")
    }

    /// Marks: that all came, and within `limit` nanoseconds at the 99th percentile where one is given.
    func checkMarks(within limit: Int64?) {
        let count = crowd.marks.number
        guard count > 0 else { return check("marks were seen", false, "none was made: are there tabs?") }
        let missed = crowd.marks.missed + crowd.marks.outstanding
        let hint = missed > 0 ? "; does the server run with --route-tracking true?" : ""
        check("marks were seen", missed == 0 && crowd.tally.staleness.figures != nil, "\(count) marks, \(missed) misses\(hint)")
        guard let limit, let figures = crowd.tally.staleness.figures else { return }
        check(
            "staleness p99 is within the limit", figures.p99 <= Double(limit) / 1e6,
            "\(Numbers.text(figures.p99, places: 1)) ms, limit \(Numbers.text(Double(limit) / 1e6)) ms")
    }

    /// How much the server's memory has grown; `nil` without `--pid`.
    @discardableResult
    func figureGrowth(since before: ServerProcess.Usage?, named name: String) -> Int? {
        guard let before, let after = settings.server?.usage else { return nil }
        figure(name, Double(after.resident - before.resident), "bytes")
        return after.resident - before.resident
    }

    /// Memory of one connection: between the empty server and the held one.
    func figureMemory(before: ServerProcess.Usage?) {
        guard let before, let after = settings.server?.usage, !crowd.tabs.isEmpty else { return }
        figure("server RSS per connection", Double(after.resident - before.resident) / Double(crowd.tabs.count), "bytes")
    }
}
