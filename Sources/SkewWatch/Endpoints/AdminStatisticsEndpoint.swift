internal import WebSocketLoop

extension Endpoint {
    /// The statistics of the moment, exact, as far as the reader may see them.
    static let adminStatistics = Endpoint(.get, "/admin/stats", .reading) { tracker, request, socket in
        guard let scope = request.reader?.scope else { preconditionFailure("who reads must have been let in") }
        tracker.shared.inbox.requestAdminStatistics(.init(tracker: tracker.index, socket: socket, scope: scope))
        return .later
    }
}
