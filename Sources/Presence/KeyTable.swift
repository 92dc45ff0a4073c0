/// Interns the names of one kind (versions or routes) and counts the connections of each.
///
/// Key 0 is `Statistics.otherName`: it takes what exceeds the cap. Only names with a count above 0 take a place under the cap.
/// A key whose count falls to 0 is free at once, unless a subscriber may know it: then the next take has to tell that it is gone.
struct KeyTable: Sendable {
    static let other: UInt32 = 0

    private struct Tally {
        var count = 0
        /// It is in `touched`, which therefore never holds a key twice.
        var isTouched = false
        /// Its count was above 0 at the last take.
        var isKnown = false
    }

    private let limit: Int
    private var names = [Statistics.otherName]
    private var tallies = [Tally()]
    private var keys = [Statistics.otherName: Self.other]
    private var free: [UInt32] = []
    private var touched: [UInt32] = []
    private var isRecording = false
    /// Names with a count above 0, key 0 apart.
    private var live = 0

    init(limit: Int) {
        precondition(limit >= 0 && limit < UInt32.max, "A cap on distinct names is neither negative nor over four thousand million.")
        self.limit = limit
    }

    /// All keys are below it.
    var keyLimit: Int { names.count }

    func name(_ key: UInt32) -> String { names[Int(key)] }

    /// The names in use with their counts.
    var counts: [String: Int] {
        var counts: [String: Int] = [:]
        counts.reserveCapacity(live + 1)
        for (name, tally) in zip(names, tallies) where tally.count > 0 { counts[name] = tally.count }
        return counts
    }

    /// Counts one connection more under the name, or under key 0 where the cap leaves no place for it.
    mutating func enter(_ name: String) -> UInt32 {
        let key = place(for: name)
        if tallies[Int(key)].count == 0, key != Self.other { live += 1 }
        tallies[Int(key)].count += 1
        touch(key)
        return key
    }

    /// Counts one connection less under the key.
    mutating func leave(_ key: UInt32) {
        tallies[Int(key)].count -= 1
        touch(key)
        guard tallies[Int(key)].count == 0, key != Self.other else { return }
        live -= 1
        if !(isRecording && tallies[Int(key)].isKnown) { release(key) }
    }

    /// Counts one connection under another name; nil where it stays under the key it has.
    mutating func move(from old: UInt32, to name: String) -> UInt32? {
        if names[Int(old)] == name { return nil }
        if old == Self.other, !hasPlace(for: name) { return nil }
        // Leaving first gives the place of a name that only this connection had to the new one.
        leave(old)
        return enter(name)
    }

    /// From here on touched keys are noted; what is counted now is known.
    mutating func startRecording() {
        stopRecording()
        isRecording = true
        for key in tallies.indices { tallies[key].isKnown = tallies[key].count > 0 }
    }

    mutating func stopRecording() {
        _ = takeTouched()
        isRecording = false
    }

    /// The names touched since the last take with their counts, 0 for those that are gone. One that came and went is not mentioned.
    mutating func takeTouched() -> [String: Int] {
        var counts: [String: Int] = [:]
        for key in touched {
            let tally = tallies[Int(key)]
            if tally.count > 0 || tally.isKnown { counts[name(key)] = tally.count }
            tallies[Int(key)].isTouched = false
            tallies[Int(key)].isKnown = tally.count > 0
            if tally.count == 0, tally.isKnown, key != Self.other { release(key) }
        }
        touched.removeAll(keepingCapacity: true)
        return counts
    }

    /// Whether the name would be counted under a key of its own.
    private func hasPlace(for name: String) -> Bool {
        if live < limit { return true }
        guard let key = keys[name] else { return false }
        // A gone name that waits for its take has lost its place.
        return tallies[Int(key)].count > 0
    }

    private mutating func place(for name: String) -> UInt32 {
        if let key = keys[name] { return tallies[Int(key)].count > 0 || live < limit ? key : Self.other }
        guard live < limit else { return Self.other }
        let key: UInt32
        if let reused = free.popLast() {
            key = reused
            names[Int(key)] = name
        } else {
            key = UInt32(names.count)
            names.append(name)
            tallies.append(Tally())
        }
        keys[name] = key
        return key
    }

    private mutating func touch(_ key: UInt32) {
        guard isRecording, !tallies[Int(key)].isTouched else { return }
        tallies[Int(key)].isTouched = true
        touched.append(key)
    }

    private mutating func release(_ key: UInt32) {
        keys[names[Int(key)]] = nil
        names[Int(key)] = ""
        free.append(key)
    }
}
