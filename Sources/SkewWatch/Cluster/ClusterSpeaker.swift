internal import SkewCluster

extension ClusterBoard.Content {
    /// Whether this node speaks for all where one is enough, as for what is sent to other programs: of those that are up it has the lowest
    /// instance. One that is on the way out speaks only while nobody else is up. Without a link several may think so of themselves; what is
    /// done twice then must do no harm.
    var isSpeaker: Bool {
        guard let own = nodes.first(where: \.isSelf) else { return false }
        let up = nodes.filter { $0.state == .up }
        return up.isEmpty || own.state == .up && up.allSatisfy { $0.instance >= own.instance }
    }
}
