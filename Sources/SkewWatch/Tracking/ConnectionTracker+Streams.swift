internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Streams of events (SSE): the other way a tab is there. Same tracker, same identity, same count.
extension ConnectionTracker {
    /// When a browser is to come back. The time differs, so that they do not all come at once after a restart.
    static func drawRetry() -> Duration { .milliseconds(Int.random(in: 1000...5000)) }

    /// Tells it a browser.
    static func retryLine(_ retry: Duration = drawRetry()) -> [UInt8] { Array("retry: \(Int(retry / .milliseconds(1)))\n\n".utf8) }

    /// The stock client of a WebSocket comes back after this time, whatever it is told.
    static let stockRetry = Duration.seconds(5)
}
