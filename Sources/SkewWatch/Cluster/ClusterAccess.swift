internal import SkewCluster

/// What the rest of a server has of its cluster: where to tell it something, and where to look. Any thread.
struct ClusterAccess: Sendable {
    /// This run of this node.
    let instance: InstanceID
    let inbox = ClusterInbox()
    let board = ClusterBoard()

    init() {
        var random = SystemRandomNumberGenerator()
        instance = InstanceID(using: &random)
    }
}
