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

    nonisolated func stream(_ head: borrowing RequestHead, _ socket: SocketID, _ origin: CrossOrigin) -> RequestVerdict {
        let arrival = Arrival(head, transport: .events, settings: settings)
        assumeIsolated { $0.arriving[socket.place] = arrival }
        return .stream(headers: Self.streamHeaders + origin.headers, prelude: Self.retryLine())
    }

    /// Tells a browser when to come back. The time differs, so that they do not all come at once after a restart.
    static func retryLine() -> [UInt8] { Array("retry: \(Int.random(in: 1000...5000))\n\n".utf8) }

    nonisolated func streamOpened(_ socket: SocketID) {
        assumeIsolated { tracker in
            guard let arrival = tracker.arriving.removeValue(forKey: socket.place) else { return }
            tracker.open(socket, arrival)
        }
    }

    nonisolated func keepaliveDue(_ socket: SocketID) {
        let message = ServerMessage.keepalive(timestampMilliseconds: MonotonicTime.wallClockMilliseconds)
        assumeIsolated { $0.loop?.send(message.encoded, to: socket) }
    }
}
