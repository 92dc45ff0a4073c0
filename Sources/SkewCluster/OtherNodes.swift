package import Presence

/// The sum of what all other nodes count, with the tabs between two nodes: for a view, one source beside the loops of this node.
package struct OtherNodes: Sendable {
    private var nodes: [InstanceID: [Section: [String: Int]]] = [:]
    private var sums: [Section: [String: Int]] = [:]
    private var touched: [Section: Set<String>] = [:]
    private var total = 0
    /// Their listed rows, while this node looks at rows.
    package private(set) var rows = OtherRows()

    package init() {}

    /// Takes in what changed since the last time.
    package mutating func update(from node: inout ClusterNode) {
        for (instance, sections) in node.takePeerChanges() {
            if let told = sections[.rows] { rows.update(told, of: instance) }
            for (section, counts) in sections where section != .rows {
                for (name, count) in counts {
                    let former = nodes[instance]?[section]?[name] ?? 0
                    change(section, name, by: count - former)
                    nodes[instance, default: [:]][section, default: [:]][name] = count == 0 ? nil : count
                }
            }
            if nodes[instance]?.values.allSatisfy(\.isEmpty) ?? false { nodes[instance] = nil }
        }
        for section in Section.allCases {
            for (name, step) in node.takeTransitChanges(section) { change(section, name, by: step) }
            // These are counted by a loop here and by another node: once too often.
            for (name, step) in node.takeHeldChanges(section) { change(section, name, by: -step) }
        }
    }

    private mutating func change(_ section: Section, _ name: String, by step: Int) {
        guard step != 0 else { return }
        let former = sums[section]?[name] ?? 0
        let count = former + step
        sums[section, default: [:]][name] = count == 0 ? nil : count
        touched[section, default: []].insert(name)
        // More may be held than the others count: then nothing is left to be taken off.
        if section == .summary { total += max(0, count) - max(0, former) }
    }

    /// Whether something changed that was not taken yet.
    package var isTouched: Bool { !touched.isEmpty || rows.isTouched }

    /// The counts and rows that changed since the last time, and the total.
    /// - Parameters:
    ///   - limit: how many rows may be listed.
    ///   - renamed: the names that are shown otherwise from now on.
    package mutating func takeDelta(listing limit: Int = 0, renamed: RenamedNames = RenamedNames()) -> StatisticsDelta {
        defer { touched = [:] }
        let moved = rows.takeChanges(listing: limit, renamed: renamed)
        return StatisticsDelta(
            total: total, listed: rows.count, versions: counts(.summary), routes: counts(.routes), opened: moved.opened,
            changed: moved.changed, closed: moved.closed)
    }

    private func counts(_ section: Section) -> [String: Int] {
        var counts: [String: Int] = [:]
        for name in touched[section] ?? [] { counts[name] = max(0, sums[section]?[name] ?? 0) }
        return counts
    }
}
