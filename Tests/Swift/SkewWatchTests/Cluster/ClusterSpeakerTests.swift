import Testing

@testable import SkewCluster
@testable import SkewWatch

/// Which node does what one of them does for all.
@Suite struct ClusterSpeakerTests {
    private static func node(_ number: UInt64, _ state: NodeEntry.State, isSelf: Bool = false) -> NodeEntry {
        NodeEntry(
            name: "n", instance: InstanceID(high: 0, low: number), state: state, total: 0, silent: .zero, software: "", basePath: "",
            isSelf: isSelf)
    }

    private static func speaks(_ own: NodeEntry.State, _ others: [(UInt64, NodeEntry.State)]) -> Bool {
        var content = ClusterBoard.Content()
        content.nodes = [node(5, own, isSelf: true)] + others.map { node($0.0, $0.1) }
        return content.isSpeaker
    }

    @Test func `of the nodes that are up the lowest speaks`() {
        let answers = [Self.speaks(.up, []), Self.speaks(.up, [(6, .up)]), Self.speaks(.up, [(6, .up), (4, .up)])]
        #expect(answers == [true, true, false])
    }

    @Test(arguments: [NodeEntry.State.joining, .silent, .leaving, .left, .lost]) func `who is not up leaves it to others`(
        _ state: NodeEntry.State
    ) {
        let answers = [Self.speaks(.up, [(4, state)]), Self.speaks(state, [(4, state)]), Self.speaks(state, [(6, .up)])]
        #expect(answers == [true, true, false])
    }

    @Test func `before anything is known nobody speaks`() { #expect(!ClusterBoard.Content().isSpeaker) }

    @Test func `in a cluster whose nodes see each other exactly one speaks`() {
        for states in [[NodeEntry.State.up, .up, .up], [.leaving, .up, .up], [.up, .leaving, .joining]] {
            let speakers = states.indices.count { own in
                var content = ClusterBoard.Content()
                content.nodes = states.indices.map { Self.node(UInt64($0), states[$0], isSelf: $0 == own) }
                return content.isSpeaker
            }
            #expect(speakers == 1)
        }
    }
}
