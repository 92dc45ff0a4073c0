internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// The last hour and day.
    static let adminHistory = Endpoint(.get, "/admin/history", .optionalReading) { tracker, _, _ in
        let (hour, day) = tracker.shared.history.histories
        let body = VersionHistoryEncoder.encode(
            release: tracker.shared.release, now: MonotonicTime.now, nowMilliseconds: MonotonicTime.wallClockMilliseconds,
            spans: [("hour", hour), ("day", day)])
        return .respond(.json(200, body))
    }
}
