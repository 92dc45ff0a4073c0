/// Interns the names of one kind (versions or routes) and counts the connections of each.
///
/// Every name is counted by itself, however many there are: which of them are shown is decided over all sources, by `FleetKeys`, and a name
/// that were counted under another here could never be shown whole there. So a table has at most as many names as connections. Key 0 is
/// `Statistics.otherName`, for who says just that.
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

    private var names = [Statistics.otherName]
    private var tallies = [Tally()]
    private var keys = [Statistics.otherName: Self.other]
    private var free: [UInt32] = []
    private var touched: [UInt32] = []
    private var isRecording = false
    /// The key that stays its name's own, whether it is counted or not.
    private var pinned: UInt32?

    /// All keys are below it.
    var keyLimit: Int { names.count }

    func name(_ key: UInt32) -> String { names[Int(key)] }

    /// The names in use with their counts.
    var counts: [String: Int] {
        var counts: [String: Int] = [:]
        counts.reserveCapacity(keys.count)
        for (name, tally) in zip(names, tallies) where tally.count > 0 { counts[name] = tally.count }
        return counts
    }

    /// The key of a name that is counted; nil for any other.
    func key(_ name: String) -> UInt32? { keys[name] }

    /// Gives a name a key that it keeps until another name is pinned, whether it is counted or not; nil for none.
    mutating func pin(_ name: String?) -> UInt32? {
        let former = pinned
        pinned = name.map { keys[$0] ?? makeKey($0) }
        if let former, former != pinned, former != Self.other, tallies[Int(former)].count == 0 {
            if !(isRecording && tallies[Int(former)].isKnown) { release(former) }
        }
        return pinned
    }

    /// Counts one connection more under the name.
    mutating func enter(_ name: String) -> UInt32 {
        let key = keys[name] ?? makeKey(name)
        tallies[Int(key)].count += 1
        touch(key)
        return key
    }

    /// Counts one connection less under the key.
    mutating func leave(_ key: UInt32) {
        tallies[Int(key)].count -= 1
        touch(key)
        guard tallies[Int(key)].count == 0, key != Self.other, key != pinned else { return }
        if !(isRecording && tallies[Int(key)].isKnown) { release(key) }
    }

    /// Counts one connection under another name; nil where that is the name it has.
    mutating func move(from old: UInt32, to name: String) -> UInt32? {
        if names[Int(old)] == name { return nil }
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
            if tally.count == 0, tally.isKnown, key != Self.other, key != pinned { release(key) }
        }
        touched.removeAll(keepingCapacity: true)
        return counts
    }

    private mutating func makeKey(_ name: String) -> UInt32 {
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
