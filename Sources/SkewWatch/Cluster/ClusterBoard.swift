internal import SkewCluster
internal import SkewProtocol
internal import Synchronization

/// What the rest of the server wants to know of the cluster, as of a moment ago. Any thread.
final class ClusterBoard: Sendable {
    struct Content: Sendable {
        var report = ClusterReport(up: 1, joining: 0, leaving: 0, lost: 0, partial: [], returning: 0)
        var nodes: [NodeEntry] = []
        /// Whether tabs may be sent here.
        var isReady = false
        var isLinked = false
        /// How long the last heartbeat took to come back, in seconds; nil before the first.
        var echo: Double?
    }

    private let content = Mutex(Content())

    var now: Content { content.withLock { $0 } }

    func show(_ new: Content) { content.withLock { $0 = new } }
}
