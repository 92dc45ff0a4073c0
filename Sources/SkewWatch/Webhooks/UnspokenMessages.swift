internal import SkewCluster

/// What a node would have told if it spoke for its cluster, for as long as the node that does may have died before it told it: a value, handed
/// the time.
///
/// Every node decides what is news, and one tells it. When that one dies the others know it after ``ClusterTimes/suspect``; the one that speaks
/// then tells what was decided since. The dead one may have told the first of it: a receiver knows the repeat by its id.
struct UnspokenMessages: Sendable {
    /// From the last sign of life to the silence that is noticed, a heartbeat and a look of each of the two nodes.
    static let kept = ClusterTimes.suspect + ClusterTimes.heartbeat + .milliseconds(1500)

    private var messages: [(message: WebhookMessage, decided: Duration)] = []

    /// Takes in what was decided now.
    /// - Returns: what this node has to tell now, oldest first.
    mutating func take(_ new: [WebhookMessage], speaks: Bool, at now: Duration) -> [WebhookMessage] {
        messages.removeAll { now - $0.decided > Self.kept }
        messages += new.map { ($0, now) }
        if messages.count > WebhookQueue.capacity { messages.removeFirst(messages.count - WebhookQueue.capacity) }
        guard speaks else { return [] }
        defer { messages = [] }
        return messages.map(\.message)
    }
}
