internal import Presence
internal import Synchronization
internal import WebSocketLoop

/// Where each stream is: a POST for it may come in on any loop.
final class StreamDirectory: Sendable {
    struct Entry: Sendable {
        var tracker: Int
        var socket: SocketID
        var secret: StreamSecret
    }

    private let entries = Mutex<[ConnectionID: Entry]>([:])

    /// How many streams there are.
    var count: Int { entries.withLock { $0.count } }

    func add(_ id: ConnectionID, _ entry: Entry) {
        entries.withLock { $0[id] = entry }
    }

    func remove(_ id: ConnectionID) {
        entries.withLock { $0[id] = nil }
    }

    /// The stream of a handle whose secret is right; nil else.
    func find(_ handle: StreamHandle) -> Entry? {
        guard let entry = entries.withLock({ $0[handle.id] }), entry.secret.matches(handle.secret) else { return nil }
        return entry
    }
}
