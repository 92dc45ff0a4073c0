internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// The last hour and day; or a span, from disk where the history is kept there, as JSON or CSV.
    static let adminHistory = Endpoint(.get, "/admin/history", .optionalReading) { tracker, request, socket in
        let now = MonotonicTime.wallClockMilliseconds
        let isCSV = request.accepted.map { $0.starts(with: "text/csv".utf8) } ?? false
        switch HistoryQuery.read(request.query.span, now: now) {
        case .failure(let error)?: return .respond(error.response)
        case .success(let query)?:
            return later(.init(tracker: tracker.index, socket: socket, kind: .history(query, isCSV: isCSV)), tracker)
        case nil where isCSV:
            return later(.init(tracker: tracker.index, socket: socket, kind: .history(.lastDay(now: now), isCSV: true)), tracker)
        case nil:
            let (hour, day) = tracker.shared.history.histories
            let body = VersionHistoryEncoder.encode(
                release: tracker.shared.release, now: MonotonicTime.now, nowMilliseconds: now, spans: [("hour", hour), ("day", day)],
                releases: tracker.shared.decisions.releaseHistory.told, acts: tracker.shared.decisions.acts)
            return .respond(.json(200, body))
        }
    }

    private static func later(_ question: RolloutGate.Question, _ tracker: isolated ConnectionTracker) -> RequestOutcome {
        tracker.shared.gate.ask(question)
            ? .later : .respond(.error(503, "too many questions wait for an answer", headers: [("Retry-After", "1")]))
    }
}
