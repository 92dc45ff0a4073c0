internal import Presence

/// What can be done about authorizations while a server runs.
extension SkewWatchServer {
    /// Takes back what lets a connection see statistics, at once. It may ask again, and is judged anew; a JWT that let it in does not
    /// any more.
    /// - Parameter connectionID: the id that statistics show.
    /// - Returns: whether there is such a connection.
    public func revoke(connectionID: String) async -> Bool {
        guard let running, let id = ConnectionID(connectionID) else { return false }
        for tracker in running.trackers where await tracker.revoke(id) { return true }
        return false
    }

    /// Takes back what lets anybody see statistics, at once, as for one.
    public func revokeAll() async {
        guard let running else { return }
        for tracker in running.trackers { await tracker.revokeAll() }
    }
}
