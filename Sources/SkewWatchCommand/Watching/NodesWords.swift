import SkewProtocol

/// Which nodes are behind the numbers, and what may be missing of them, in words.
enum NodesWords {
    /// One line; nil where there is one server and nothing to say. Reasons of a later server stand as they are.
    static func line(_ statistics: LiveStatistics) -> String? {
        var sentences: [String] = []
        if let nodes = statistics.nodes {
            let others = [("joining", nodes.joining), ("leaving", nodes.leaving), ("lost", nodes.lost)].filter { $0.1 > 0 }
            let parts = others.map { ", \(ShownNumber.grouped($0.1)) \($0.0)" }.joined()
            sentences.append("\(counted(nodes.up, "node", "nodes"))\(parts).")
        }
        if !statistics.partial.isEmpty {
            sentences.append("The numbers may not be whole: \(statistics.partial.map(word).joined(separator: "; ")).")
        }
        if statistics.returning > 0 {
            let verb = statistics.returning == 1 ? "is" : "are"
            sentences.append("\(counted(statistics.returning, "tab", "tabs")) \(verb) on the way from one node to another.")
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }

    /// A reason, as a part of a sentence.
    static func word(_ reason: String) -> String {
        switch reason {
        case "link": "the server asked has no sure connection to the others"
        case "silent": "a node is silent"
        case "lost": "a node is lost"
        case "joining": "a node has come whose tabs are not known yet"
        case "unsynced": "something of a node was missed"
        case "unheard": "a node is there that does not hear the others"
        case "foreign": "a node runs a release of SkewWatch that is too far away"
        case "size": "fewer nodes are there than should be"
        default: TerminalText(reason, limit: 40).text
        }
    }

    private static func counted(_ count: Int, _ one: String, _ many: String) -> String {
        "\(ShownNumber.grouped(count)) \(count == 1 ? one : many)"
    }
}
