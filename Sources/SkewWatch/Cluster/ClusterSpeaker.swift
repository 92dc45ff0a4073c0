internal import SkewCluster

extension ClusterBoard.Content {
    /// Whether this node speaks for all where one is enough: of those that are up it has the lowest instance. Without a link several may
    /// think so of themselves; what is done twice then must do no harm.
    var isSpeaker: Bool {
        guard let own = nodes.first(where: \.isSelf) else { return false }
        return !nodes.contains { $0.state == .up && $0.instance < own.instance }
    }
}
