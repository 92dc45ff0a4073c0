/// This node's copy of one section of another node.
///
/// A gap is seen and never guessed over: the copy keeps its old, consistent counts until its owner has answered with a snapshot.
package struct PeerStream: Sendable {
    /// What hearing something did to the copy.
    package enum Outcome: Sendable, Equatable {
        /// The counts moved on; the names that changed with their new counts, and who came since, by name.
        case changed([String: Int], arrivals: [String: Int])
        /// Nothing new.
        case old
        /// Something was missed: its owner must be asked.
        case gap
        /// It names more than a node may; nothing was taken.
        case tooMany
    }

    private struct Entry {
        var name: String
        var count: Int
        var opens: Int
    }

    private var entries: [UInt32: Entry] = [:]
    private var digest = CountsDigest()
    /// The number the copy is at; nil before the first snapshot.
    private var sequence: UInt64?
    /// Whether the copy is known to be what its owner counts.
    package private(set) var isSynced = false

    private let maxNames: Int

    /// - Parameter maxNames: how many names a node may tell of; more are not believed.
    package init(maxNames: Int) {
        self.maxNames = maxNames
    }

    /// The counts by name, without those that are 0.
    package var counts: [String: Int] {
        var counts: [String: Int] = [:]
        for entry in entries.values where entry.count > 0 { counts[entry.name] = entry.count }
        return counts
    }

    /// The sum of all counts.
    package var total: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// Whether there is anything to fall back on.
    package var hasCopy: Bool { sequence != nil }

    package mutating func apply(_ delta: SectionDelta) -> Outcome {
        if let sequence, delta.sequence <= sequence { return .old }
        guard isSynced, let sequence, delta.sequence == sequence + 1,
            delta.entries.allSatisfy({ $0.name != nil || entries[$0.id] != nil })
        else {
            isSynced = false
            return .gap
        }
        let added = delta.entries.count { entries[$0.id] == nil }
        guard entries.count + added <= maxNames else {
            isSynced = false
            return .tooMany
        }
        self.sequence = delta.sequence
        var (changes, arrivals): ([String: Int], [String: Int]) = ([:], [:])
        for told in delta.entries { take(told, &changes, &arrivals) }
        return .changed(changes, arrivals: arrivals)
    }

    /// Takes a whole section. One that is older than a synced copy is no news.
    package mutating func apply(_ snapshot: SectionSnapshot) -> Outcome {
        if isSynced, let sequence, snapshot.sequence < sequence { return .old }
        guard snapshot.entries.count <= maxNames else {
            isSynced = false
            return .tooMany
        }
        let hadCopy = hasCopy
        let former = counts
        var formerOpens: [String: Int] = [:]
        for entry in entries.values { formerOpens[entry.name] = entry.opens }
        entries = [:]
        digest = CountsDigest()
        var (changes, arrivals): ([String: Int], [String: Int]) = ([:], [:])
        for told in snapshot.entries where told.name != nil { take(told, &changes, &arrivals) }
        // Against what was known before: absolute counts need no order, and growing counters tell who came meanwhile. A name may still be
        // told, for who came under it, though nobody has it any more.
        let counts = counts
        changes = counts.filter { former[$0.key] != $0.value }
        for name in former.keys where counts[name] == nil { changes[name] = 0 }
        arrivals = hadCopy ? Self.arrivals(from: formerOpens, to: entries.values.map { ($0.name, $0.opens) }) : [:]
        sequence = snapshot.sequence
        isSynced = true
        return .changed(changes, arrivals: arrivals)
    }

    /// Compares the copy with what its owner says of the stream.
    /// - Returns: false where the owner must be asked.
    package mutating func check(_ mark: StreamMark) -> Bool {
        guard let sequence else { return false }
        if mark.sequence < sequence { return true }
        // Also for a copy that was put aside when its owner fell silent: it is still right.
        isSynced = mark.sequence == sequence && mark.digest == digest.value
        return isSynced
    }

    /// Whether it is as far as its owner says, whatever it holds.
    func isAt(_ mark: StreamMark) -> Bool { mark.sequence == sequence }

    /// A node that has nothing to tell yet is known at once.
    package mutating func beginEmpty(at sequence: UInt64) {
        entries = [:]
        digest = CountsDigest()
        self.sequence = sequence
        isSynced = true
    }

    /// The owner fell silent; the copy is kept aside, but nobody vouches for it.
    package mutating func putAside() { isSynced = false }

    private mutating func take(_ told: SectionEntry, _ changes: inout [String: Int], _ arrivals: inout [String: Int]) {
        let known = entries[told.id]
        guard let name = known?.name ?? told.name else { return }
        digest.change(name, by: told.count - (known?.count ?? 0))
        if told.count != known?.count ?? 0 { changes[name] = told.count }
        // Who came before this copy began came to somebody else's view.
        let came = told.opens - (known?.opens ?? 0)
        if came > 0 { arrivals[name] = came }
        entries[told.id] = told.count == 0 && told.opens == 0 ? nil : Entry(name: name, count: told.count, opens: told.opens)
    }

    private static func arrivals(from former: [String: Int], to entries: [(name: String, opens: Int)]) -> [String: Int] {
        var arrivals: [String: Int] = [:]
        for (name, opens) in entries where opens > former[name] ?? 0 { arrivals[name] = opens - (former[name] ?? 0) }
        return arrivals
    }
}
