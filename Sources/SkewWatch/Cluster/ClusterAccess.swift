/// What the rest of a server has of its cluster: where to tell it something, and where to look. Any thread.
struct ClusterAccess: Sendable {
    let inbox = ClusterInbox()
    let board = ClusterBoard()
}
