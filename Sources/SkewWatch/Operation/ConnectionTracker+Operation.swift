internal import WebSocketLoop

/// What a loop tells of itself, and how its connections are moved elsewhere, as ``DrainPlan`` says when.
extension ConnectionTracker {
    /// How many connections the loop still has.
    var openConnections: Int { loop?.openConnections ?? 0 }

    /// What this loop says for the metrics.
    func report() -> LoopReport {
        LoopReport(
            index: index, counters: counters, openSockets: openConnections, pendingHandshakes: loop?.pendingHandshakes ?? 0,
            sentBytes: loop?.sentBytes ?? 0, lag: loop?.lag ?? LagHistogram())
    }

    /// Reads certificate and key again, for the connections to come.
    /// - Throws: when the new pair can't be used; the one before stays in force.
    func renewCertificate() throws(LoopError) { try loop?.renewCertificate() }

    // MARK: Draining

    /// The stock client of a WebSocket comes back after this time, whatever it is told.
    private static let stockRetry = Duration.seconds(5)
    /// Ours, which says which tab it is, from now on at any time.
    private static let ownRetry = Duration.zero

    /// Stops accepting.
    /// - Returns: how many connections are to be closed.
    func startDraining() -> Int {
        loop?.stopListening()
        return connections.count { $0 != nil }
    }

    /// Closes so many connections: WebSockets with 1012, streams with a time to come back at.
    func drain(_ count: Int) {
        var left = count
        for index in connections.indices where left > 0 {
            guard let connection = connections[index] else { continue }
            left -= 1
            let retry = connection.isStream ? StreamRetry() : nil
            loop?.closeSocket(at: index, .serviceRestart, farewell: retry?.line ?? [])
            forget(index, .drained, due: retry?.time ?? (tabNumber(at: index) == nil ? Self.stockRetry : Self.ownRetry))
        }
    }
}
