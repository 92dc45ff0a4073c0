/// Names one tab that a draining node closed and that is expected back.
package struct TransitID: Hashable, Sendable {
    /// The node that closed it.
    package var instance: InstanceID
    /// Its number there.
    package var number: UInt32

    package init(instance: InstanceID, number: UInt32) {
        (self.instance, self.number) = (instance, number)
    }
}

/// A tab between two nodes.
package struct TransitEntry: Sendable, Equatable {
    package var id: TransitID
    package var version: String
    package var route: String
    /// When it should be back, from now on; may be over.
    package var due: Duration

    package init(id: TransitID, version: String, route: String, due: Duration) {
        (self.id, self.version, self.route, self.due) = (id, version, route, due)
    }

    /// The same tab, told of later.
    func later(by time: Duration) -> TransitEntry { TransitEntry(id: id, version: version, route: route, due: due - time) }
}

/// The tabs that draining nodes closed and that are expected back: counted until a tab of their version came, or their time is over.
/// So a total does not dip while nodes restart one after the other. Times are monotonic and this node's own.
package struct Transit: Sendable {
    /// A tab may be back a little before its time: the word of its close takes as long as nodes and bus need among many nodes and under load.
    private static let early = Duration.milliseconds(250)
    /// Who has not come this long after its time stays away.
    private static let slack = Duration.seconds(3)
    /// How long an entry is remembered after it was first heard of, so that its repeats are none. Longer than any way back takes.
    private static let memory = Duration.seconds(20)
    /// More than one node can hold.
    private static let maxEntries = 200_000

    private struct Expected {
        var id: TransitID
        var route: String
        var from: Duration
        var until: Duration
        /// Known by another node's word alone.
        var isAdopted: Bool
    }

    /// By version, in the order they were heard of.
    private var expected: [String: [Expected]] = [:]
    private var seen: [TransitID: Duration] = [:]
    private var changes: [Section: [String: Int]] = [:]

    package init() {}

    /// How many are expected.
    package var count: Int { expected.values.reduce(0) { $0 + $1.count } }

    /// How many are expected, by name.
    package func counts(_ section: Section) -> [String: Int] {
        switch section {
        case .summary: return expected.mapValues(\.count)
        case .routes:
            var counts: [String: Int] = [:]
            for entries in expected.values {
                for entry in entries { counts[entry.route, default: 0] += 1 }
            }
            return counts
        case .rows: return [:]
        }
    }

    /// A node closed a tab. Said again, it changes nothing.
    /// - Parameter isAdopted: whether it was not its own node that said so.
    package mutating func expect(_ entry: TransitEntry, isAdopted: Bool = false, at now: Duration) {
        guard seen[entry.id] == nil, seen.count < Self.maxEntries else { return }
        seen[entry.id] = now
        let due = now + entry.due
        guard due + Self.slack > now else { return }
        let item = Expected(
            id: entry.id, route: entry.route, from: due - Self.early, until: due + Self.slack, isAdopted: isAdopted)
        expected[entry.version, default: []].append(item)
        note(entry.version, entry.route, 1)
    }

    /// So many tabs of a version came to some node: as many of those that are due are no longer expected, the oldest first.
    package mutating func arrived(_ version: String, _ count: Int = 1, at now: Duration) {
        guard count > 0, var entries = expected[version] else { return }
        var left = count
        entries.removeAll { entry in
            guard left > 0, entry.from <= now, now < entry.until else { return false }
            left -= 1
            note(version, entry.route, -1)
            return true
        }
        expected[version] = entries.isEmpty ? nil : entries
    }

    /// Lets go of those whose time is over.
    package mutating func expire(at now: Duration) {
        for (version, entries) in expected where entries.contains(where: { $0.until <= now }) {
            for entry in entries where entry.until <= now { note(version, entry.route, -1) }
            let left = entries.filter { $0.until > now }
            expected[version] = left.isEmpty ? nil : left
        }
        if seen.contains(where: { now - $0.value > Self.memory }) { seen = seen.filter { now - $0.value <= Self.memory } }
    }

    /// Another node does not expect these any more, so of those that were adopted only these are left. Whoever came while this node asked one
    /// after the other is known to the one that answered last.
    package mutating func keepAdopted(_ ids: Set<TransitID>) {
        for (version, entries) in expected {
            for entry in entries where entry.isAdopted && !ids.contains(entry.id) { note(version, entry.route, -1) }
            let left = entries.filter { !$0.isAdopted || ids.contains($0.id) }
            expected[version] = left.isEmpty ? nil : left
        }
    }

    /// Forgets whom it expects, to be told anew: something may have been missed.
    package mutating func startOver() {
        for (version, entries) in expected {
            for entry in entries { note(version, entry.route, -1) }
            for entry in entries { seen[entry.id] = nil }
        }
        expected = [:]
    }

    /// All that are expected, for a snapshot.
    package func entries(at now: Duration) -> [TransitEntry] {
        expected.flatMap { version, entries in
            entries.map { TransitEntry(id: $0.id, version: version, route: $0.route, due: $0.until - Self.slack - now) }
        }
    }

    /// By how much the counts of a section changed since the last call, by name.
    package mutating func takeChanges(_ section: Section) -> [String: Int] {
        (changes.removeValue(forKey: section) ?? [:]).filter { $0.value != 0 }
    }

    private mutating func note(_ version: String, _ route: String, _ step: Int) {
        changes[.summary, default: [:]][version, default: 0] += step
        changes[.routes, default: [:]][route, default: 0] += step
    }
}
