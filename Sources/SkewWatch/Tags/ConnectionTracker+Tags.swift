internal import Presence
internal import WebSocketLoop

/// Whose the connections are: said by a proxy when they open, by a JWT a moment later, or by the app when they ask to watch. The first word
/// counts.
extension ConnectionTracker {
    /// Has the JWT of a handshake read, where there is one and nobody has said yet whose the connection is.
    func readTag(of connection: Connection, at index: Int, _ head: HandshakeHead?) {
        guard let reader = settings.tagReader, let head, let slot = connection.slot, row(at: slot).tag == nil else { return }
        let (thread, id) = (thread, connection.id)
        reader.read(head) { tag in
            thread.perform { self.assumeIsolated { $0.tag(id, at: index, tag) } }
        }
    }

    /// The app has said whose a connection is.
    func takeTag(of grant: Grant, for request: SubscriptionRequest) {
        guard settings.takesTagsOfAnswers, let tag = grant.tag else { return }
        self.tag(request.connection, at: request.socket.index, tag)
    }

    /// Nothing where the connection is gone, or has a tag.
    private func tag(_ id: ConnectionID, at index: Int, _ tag: String) {
        guard index < connections.count, let connection = connections[index], connection.id == id, let slot = connection.slot,
            row(at: slot).tag == nil
        else { return }
        changeRows { roster, now in roster.tag(slot, tag, at: now) }
    }
}
