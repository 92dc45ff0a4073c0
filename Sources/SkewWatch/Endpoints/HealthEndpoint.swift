internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// Whether the server serves, for load balancers and people.
    static let health = Endpoint(.get, "/health", .open) { tracker, _, _ in
        let uptime = (MonotonicTime.now - tracker.shared.startedAt).components.seconds
        let report = HealthReport(isOK: !tracker.shared.isDraining, release: tracker.shared.release, uptime: uptime)
        return .respond(.json(report.isOK ? 200 : 503, report.encoded))
    }
}
