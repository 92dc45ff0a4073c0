internal import SkewCluster
internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// The nodes of the cluster, as this one sees them.
    static let adminNodes = Endpoint(.get, "/admin/nodes", .reading) { tracker, _, _ in
        .respond(.json(200, NodesEncoder.encode(tracker.shared.cluster?.board.now)))
    }
}

/// Writes what `/admin/nodes` answers.
enum NodesEncoder {
    /// - Parameter content: nil where the node is alone.
    static func encode(_ content: ClusterBoard.Content?) -> [UInt8] {
        guard let content else { return Array(#"{"cluster":false,"nodes":[]}"#.utf8) }
        var text = #"{"cluster":true,"link":\#(content.isLinked),"partial":["#
        text += content.report.partial.map { "\"\($0)\"" }.joined(separator: ",")
        text += #"],"returning":\#(content.report.returning),"nodes":["#
        text += content.nodes.map { line($0) }.joined(separator: ",") + "]}"
        return Array(text.utf8)
    }

    private static func quoted(_ text: String) -> String { String(decoding: JSONValue.string(text).encoded, as: UTF8.self) }

    private static func line(_ node: NodeEntry) -> String {
        let (name, software) = (quoted(node.name), quoted(node.software))
        return #"{"name":\#(name),"instance":"\#(node.instance)","state":"\#(node.state.rawValue)","total":\#(node.total),"#
            + #""silentMs":\#(Int(node.silent / .milliseconds(1))),"software":\#(software),"schema":\#(MessageFormat.schema),"#
            + #""self":\#(node.isSelf)}"#
    }
}
