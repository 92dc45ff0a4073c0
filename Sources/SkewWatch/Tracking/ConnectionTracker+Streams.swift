internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Streams of events (SSE): the other way a tab is there. Same tracker, same identity, same count.
extension ConnectionTracker {
    /// Tells a browser when to come back. The time differs, so that they do not all come at once after a restart.
    static func retryLine() -> [UInt8] { Array("retry: \(Int.random(in: 1000...5000))\n\n".utf8) }
}
