/// What this node tells of one section: its counts by name, as absolute values, numbered.
///
/// Nothing is queued. A name that changed stays touched until a delta has taken it, however long the bus is away; so the memory is
/// O(names), and the delta after an outage is as good as all that were not sent. Times are monotonic.
package struct OwnStream: Sendable {
    private struct Entry {
        var count = 0
        /// How many ever came under this name. It only grows.
        var opens = 0
        var changed = Duration.zero
        /// The small number that stands for the name on the bus; nil until it was told.
        var id: UInt32?
    }

    private var entries: [String: Entry] = [:]
    private var touched: Set<String> = []
    private var oldestChange: Duration?
    private var nextID: UInt32 = 1
    private var digest = CountsDigest()
    private let section: Section
    private var sequence: UInt64 = 0
    private let maxNames: Int

    /// - Parameter maxNames: with more names than these, those that are gone are forgotten at once.
    package init(_ section: Section, maxNames: Int = .max) {
        (self.section, self.maxNames) = (section, maxNames)
    }

    /// Strangers can make names come and go as fast as they like: then what came under a name that is gone is not remembered.
    private var isCrowded: Bool { entries.count > maxNames }

    /// Sets the count of a name. A count of 0 says that nobody is left.
    /// - Parameter arrivals: how many came under it since the last call; left out where that is not told.
    package mutating func set(_ name: String, to count: Int, arrivals: Int = 0, at now: Duration) {
        precondition(count >= 0 && arrivals >= 0, "a count must not be negative")
        var entry = entries[name] ?? Entry()
        guard entry.count != count || arrivals > 0 else { return }
        digest.change(name, by: count - entry.count)
        entry.count = count
        entry.opens += arrivals
        entry.changed = now
        entries[name] = entry
        touched.insert(name)
        oldestChange = min(oldestChange ?? now, now)
    }

    /// Forgets how many came under names that nobody has run for a while, and tells so with the next delta: names do not pile up over months.
    package mutating func forgetNames(goneSince limit: Duration) {
        let isCrowded = isCrowded
        for (name, entry) in entries where entry.count == 0 && entry.opens > 0 && !touched.contains(name) {
            guard isCrowded || entry.changed < limit else { continue }
            entries[name]?.opens = 0
            touched.insert(name)
        }
    }

    /// Where the stream is, for a heartbeat. What is touched and not told yet is no part of it, so it is only whole right after
    /// ``takeDelta(at:)``.
    package var mark: StreamMark { StreamMark(section: section, sequence: sequence, digest: digest.value) }

    /// Whether nobody knows a name of it: then there is nothing that a snapshot could tell.
    package var hasToldNothing: Bool { !entries.values.contains { $0.id != nil } && touched.isEmpty }

    /// Whether there is something to tell.
    package var isTouched: Bool { !touched.isEmpty }

    /// When the oldest change happened that was not told yet.
    package var changedSince: Duration? { oldestChange }

    /// The sum of all counts.
    package var total: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// The count of a name.
    package func count(of name: String) -> Int { entries[name]?.count ?? 0 }

    /// The counts, without names whose count is 0.
    package var counts: [String: Int] { entries.filter { $0.value.count > 0 }.mapValues(\.count) }

    /// What changed since the last one, with the next number; nil where nothing did.
    package mutating func takeDelta(at now: Duration) -> SectionDelta? {
        var told: [SectionEntry] = []
        let isCrowded = isCrowded
        for name in touched.sorted() {
            guard var entry = entries[name] else { continue }
            let isNew = entry.id == nil
            // Came and went between two deltas: only those who count arrivals care.
            if isNew, entry.count == 0, entry.opens == 0 || isCrowded {
                entries[name] = nil
                continue
            }
            let id = entry.id ?? takeID()
            entry.id = id
            told.append(SectionEntry(id: id, name: isNew ? name : nil, count: entry.count, opens: entry.opens))
            // Without arrivals to remember, a name that is gone is forgotten on both sides.
            entries[name] = entry.count == 0 && entry.opens == 0 ? nil : entry
        }
        let age = oldestChange.map { now - $0 } ?? .zero
        touched = []
        oldestChange = nil
        guard !told.isEmpty else { return nil }
        sequence += 1
        return SectionDelta(section: section, sequence: sequence, age: max(.zero, age), entries: told)
    }

    /// Everything that was told, for who missed some of it. Call it right after ``takeDelta(at:)``.
    package func snapshot() -> SectionSnapshot {
        precondition(touched.isEmpty, "a snapshot is taken after the delta")
        let told = entries.compactMap { name, entry in
            entry.id.map { SectionEntry(id: $0, name: name, count: entry.count, opens: entry.opens) }
        }
        return SectionSnapshot(section: section, sequence: sequence, entries: told.sorted { $0.id < $1.id })
    }

    private mutating func takeID() -> UInt32 {
        defer { nextID += 1 }
        return nextID
    }
}

/// What is told of one name.
package struct SectionEntry: Sendable, Equatable {
    /// Stands for the name from its first mention on.
    package var id: UInt32
    /// The name, where it is mentioned for the first time, and in snapshots.
    package var name: String?
    /// The count, absolute; 0 where nobody is left.
    package var count: Int
    /// How many ever came under this name; 0 where that is not counted.
    package var opens: Int

    package init(id: UInt32, name: String?, count: Int, opens: Int) {
        (self.id, self.name, self.count, self.opens) = (id, name, count, opens)
    }
}

/// What changed in a section since the delta before.
package struct SectionDelta: Sendable, Equatable {
    package var section: Section
    package var sequence: UInt64
    /// How old its oldest change was when it was sent.
    package var age: Duration
    package var entries: [SectionEntry]

    package init(section: Section, sequence: UInt64, age: Duration, entries: [SectionEntry]) {
        (self.section, self.sequence, self.age, self.entries) = (section, sequence, age, entries)
    }
}

/// A section whole, as of a sequence number.
package struct SectionSnapshot: Sendable, Equatable {
    package var section: Section
    package var sequence: UInt64
    package var entries: [SectionEntry]

    package init(section: Section, sequence: UInt64, entries: [SectionEntry]) {
        (self.section, self.sequence, self.entries) = (section, sequence, entries)
    }
}
