/// One node of the cluster, as this one sees it.
package struct NodeEntry: Sendable, Equatable {
    /// What a node is about, to those who look: a closed set, whose raw value is the word on the wire.
    package enum State: String, Sendable, CaseIterable {
        case joining, up, silent, leaving, left, lost
    }

    /// What people call it; empty while only others spoke of it.
    package var name: String
    package var instance: InstanceID
    package var state: State
    /// How many tabs of it are counted.
    package var total: Int
    /// How long it was not heard.
    package var silent: Duration
    /// The version of SkewWatch that it runs.
    package var software: String
    package var basePath: String
    /// Whether it is this node.
    package var isSelf: Bool
}

extension ClusterNode {
    /// All nodes that were heard or heard of, this one first, the others by name.
    package func census(at now: Duration) -> [NodeEntry] {
        let own = NodeEntry(
            name: identity.label, instance: identity.instance, state: NodeEntry.State(state), total: ownTotal, silent: .zero,
            software: identity.software, basePath: identity.basePath, isSelf: true)
        let entries = others.map { instance, peer in
            NodeEntry(
                name: peer.introduction?.label ?? "", instance: instance, state: peer.shownState(at: now),
                total: peer.total, silent: max(.zero, now - peer.heard),
                software: peer.introduction?.software ?? "", basePath: peer.introduction?.basePath ?? "", isSelf: false)
        }
        return [own] + entries.sorted { ($0.name, $0.instance) < ($1.name, $1.instance) }
    }
}

extension NodeEntry.State {
    init(_ state: Heartbeat.State) {
        switch state {
        case .joining: self = .joining
        case .up: self = .up
        case .draining: self = .leaving
        }
    }
}

extension Peer {
    fileprivate func shownState(at now: Duration) -> NodeEntry.State {
        switch state {
        case .lost: .lost
        case .left: .left
        case .up: isSilent(at: now) ? .silent : introduction.map { NodeEntry.State($0.state) } ?? .joining
        }
    }
}
