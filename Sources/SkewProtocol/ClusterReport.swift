/// What readers of statistics are told of the nodes behind the numbers, where there may be several.
package struct ClusterReport: Sendable, Equatable {
    /// Nodes that are counted, this one included.
    package var up: Int
    /// Nodes that do not take tabs yet.
    package var joining: Int
    /// Nodes that are on the way out.
    package var leaving: Int
    /// Nodes that are gone without a word, in the last minute.
    package var lost: Int
    /// Why the numbers may not be whole, sorted; empty when they are.
    package var partial: [String]
    /// Tabs between two nodes. They are part of the total.
    package var returning: Int

    package init(up: Int, joining: Int, leaving: Int, lost: Int, partial: [String], returning: Int) {
        (self.up, self.joining, self.leaving, self.lost) = (up, joining, leaving, lost)
        (self.partial, self.returning) = (partial, returning)
    }
}

extension [UInt8] {
    /// Appends the fields behind others: `nodes` always, `partial` and `returning` where there is something to say, or where the receiver
    /// keeps what it is not told anew.
    mutating func append(_ report: ClusterReport, isDelta: Bool = false) {
        append(#","nodes":{"up":"#)
        append(decimal: report.up)
        append(#","joining":"#)
        append(decimal: report.joining)
        append(#","leaving":"#)
        append(decimal: report.leaving)
        append(#","lost":"#)
        append(decimal: report.lost)
        append("}")
        if isDelta || !report.partial.isEmpty {
            append(#","partial":["#)
            for (place, reason) in report.partial.enumerated() {
                if place > 0 { append(",") }
                append(jsonString: reason)
            }
            append("]")
        }
        if isDelta || report.returning > 0 {
            append(#","returning":"#)
            append(decimal: report.returning)
        }
    }
}
