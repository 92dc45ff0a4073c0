internal import SkewProtocol
internal import WebSocketLoop

/// Telling every socket of the loop that a release is out.
extension ConnectionTracker {
    /// Sockets told at a time: at 10 to 13 µs each a slice holds the loop for about 3 ms, then the loop turns once.
    private static let slice = 256

    /// Tells everybody who is there now; in slices, so that nobody else waits.
    func announce(_ version: String) {
        announce(Payload(ServerMessage.version(version).encoded), from: 0)
    }

    private func announce(_ payload: Payload, from start: Int) {
        var (place, told) = (start, 0)
        while place < connections.count, told < Self.slice {
            if connections[place] != nil {
                loop?.sendSocket(at: place, payload)
                told += 1
            }
            place += 1
        }
        guard place < connections.count else { return }
        announcements.append((payload, place))
        thread.performNextTurn { [self] in assumeIsolated { $0.goOnAnnouncing() } }
    }

    private func goOnAnnouncing() {
        guard !announcements.isEmpty else { return }
        let (payload, place) = announcements.removeFirst()
        announce(payload, from: place)
    }
}
