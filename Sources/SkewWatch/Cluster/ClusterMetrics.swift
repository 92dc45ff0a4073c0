internal import SkewCluster
internal import SkewProtocol

/// What a node says of its cluster for the metrics.
struct ClusterMetrics: Sendable {
    var content: ClusterBoard.Content
    var counters: ClusterCounters
    /// All counted tabs of all nodes.
    var connections: Int

    /// nil where the node is alone.
    init?(_ parts: ServerParts) async {
        guard let member = parts.member, let board = parts.shared.cluster?.board else { return nil }
        (content, counters, connections) = (board.now, await member.counters, await parts.fleet.counts.total)
    }

    func append(to text: inout MetricsText) {
        let report = content.report
        text.begin("cluster_nodes", .gauge, "Nodes of the cluster as this one sees it, by state.")
        for (state, count) in [("up", report.up), ("joining", report.joining), ("leaving", report.leaving), ("lost", report.lost)] {
            text.sample("cluster_nodes", [("state", state)], count)
        }
        text.begin("cluster_partial", .gauge, "Whether the numbers may not be whole, by reason.")
        for reason in Doubt.allCases {
            text.sample("cluster_partial", [("reason", reason.rawValue)], report.partial.contains(reason.rawValue) ? 1 : 0)
        }
        text.single("cluster_link_up", .gauge, "Whether this node is connected to the others' Redis.", content.isLinked ? 1 : 0)
        text.single(
            "cluster_connections", .gauge, "Counted connections of all nodes; every node says the same, so it is never summed.",
            connections)
        text.single("cluster_transit", .gauge, "Tabs between two nodes.", report.returning)
        if let echo = content.echo {
            text.begin("cluster_echo_seconds", .gauge, "How long the last heartbeat took to come back.")
            text.sample("cluster_echo_seconds", [], echo)
        }
        text.begin("cluster_messages_total", .counter, "Messages between nodes.")
        for kind in ClusterCounters.Kind.allCases {
            text.sample("cluster_messages_total", [("direction", "out"), ("kind", kind.rawValue)], counters.sent[kind] ?? 0)
            text.sample("cluster_messages_total", [("direction", "in"), ("kind", kind.rawValue)], counters.received[kind] ?? 0)
        }
        text.family("cluster_published_bytes_total", .counter, "Bytes said to other nodes.", label: "section", counters.sentBytes)
        text.single("cluster_received_bytes_total", .counter, "Bytes heard from nodes.", counters.receivedBytes)
        text.single("cluster_gaps_total", .counter, "Messages of other nodes that were missed, and asked for.", counters.gaps)
        text.single(
            "cluster_digest_mismatches_total", .counter, "Copies of another node's counts that were not what it counts, and asked for.",
            counters.mismatches)
        text.family("cluster_rejected_total", .counter, "Messages that were not taken.", label: "reason", counters.rejected)
        text.family(
            "cluster_reconnects_total", .counter, "Connections to Redis that were lost or could not be made.", label: "reason",
            counters.lost)
    }
}
