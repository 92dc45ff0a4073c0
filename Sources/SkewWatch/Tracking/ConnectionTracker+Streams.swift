internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Streams of events (SSE): the other way a tab is there. Same tracker, same identity, same count.
extension ConnectionTracker {
    /// Keeps proxies from holding events back, and everybody from keeping them.
    private static let streamHeaders = [
        (name: "Cache-Control", value: "private, no-cache, no-store, no-transform, must-revalidate, max-age=0"),
        (name: "X-Accel-Buffering", value: "no"),
    ]

    nonisolated func stream(_ origin: CrossOrigin) -> RequestOutcome {
        .stream(headers: Self.streamHeaders + origin.headers, prelude: Self.retryLine())
    }

    /// Tells a browser when to come back. The time differs, so that they do not all come at once after a restart.
    static func retryLine() -> [UInt8] { Array("retry: \(Int.random(in: 1000...5000))\n\n".utf8) }
}
