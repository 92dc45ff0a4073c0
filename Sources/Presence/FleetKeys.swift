/// The names of one kind (versions or routes) summed over all sources, and which of them are shown under the cap.
///
/// First come, first shown. A name stays shown, or hidden under `Statistics.otherName`, as long as its count is above 0.
struct FleetKeys: Sendable {
    private struct Entry {
        var count = 0
        var isShown = false
        /// It is in `touched`, which therefore never holds a name twice.
        var isTouched = false
    }

    private let limit: Int
    private var entries: [String: Entry] = [:]
    private var touched: [String] = []
    /// What no other name shows: the hidden names, and what the sources themselves count as other.
    private var otherCount = 0
    private var isOtherTouched = false
    /// Shown names with a count above 0.
    private var shownCount = 0

    init(limit: Int) {
        precondition(limit >= 0, "A cap on distinct names is not negative.")
        self.limit = limit
    }

    /// The shown names with their counts. Costs O(distinct names).
    var counts: [String: Int] {
        var counts: [String: Int] = [:]
        for (name, entry) in entries where entry.isShown && entry.count > 0 { counts[name] = entry.count }
        if otherCount > 0 { counts[Statistics.otherName] = otherCount }
        return counts
    }

    /// Under which name a row with this name is shown.
    func shown(_ name: String) -> String {
        if name == Statistics.otherName { return name }
        if let place = entries.index(forKey: name), entries.values[place].count > 0 {
            return entries.values[place].isShown ? entries.keys[place] : Statistics.otherName
        }
        return shownCount < limit ? name : Statistics.otherName
    }

    /// Adds what one source counts more or less. Places that become free are given before any newcomer is hidden.
    mutating func change(by differences: [(name: String, difference: Int)]) {
        var newcomers: [(name: String, difference: Int)] = []
        for change in differences {
            if change.name == Statistics.otherName {
                otherCount += change.difference
                isOtherTouched = true
            } else if let entry = entries[change.name], entry.count > 0 {
                adjust(change.name, entry, by: change.difference)
            } else if change.difference > 0 {
                newcomers.append(change)
            }
        }
        // Where they cannot all be shown, those with the most connections are, the same ones every time.
        if newcomers.count > limit - shownCount {
            newcomers.sort { ($1.difference, $0.name) < ($0.difference, $1.name) }
        }
        for newcomer in newcomers { admit(newcomer.name, count: newcomer.difference) }
    }

    /// The shown names touched since the last take with their counts, 0 for those that are gone.
    mutating func takeTouched() -> [String: Int] {
        var counts: [String: Int] = [:]
        for name in touched {
            guard let place = entries.index(forKey: name) else { continue }
            // The spelling that came first, as everywhere: to a browser another one would be another name.
            let name = entries.keys[place]
            var entry = entries.values[place]
            counts[name] = entry.isShown ? entry.count : 0
            entry.isTouched = false
            entries[name] = entry.count > 0 ? entry : nil
        }
        touched.removeAll(keepingCapacity: true)
        if isOtherTouched { counts[Statistics.otherName] = otherCount }
        isOtherTouched = false
        return counts
    }

    private mutating func adjust(_ name: String, _ old: Entry, by difference: Int) {
        var entry = old
        entry.count += difference
        if entry.isShown {
            touch(name, &entry)
            if entry.count == 0 { shownCount -= 1 }
        } else {
            otherCount += difference
            isOtherTouched = true
        }
        // A touched name stays until the take has told what became of it.
        entries[name] = entry.count > 0 || entry.isTouched ? entry : nil
    }

    private mutating func admit(_ name: String, count: Int) {
        var entry = entries[name] ?? Entry()
        entry.count = count
        entry.isShown = shownCount < limit
        if entry.isShown {
            shownCount += 1
            touch(name, &entry)
        } else {
            otherCount += count
            isOtherTouched = true
        }
        entries[name] = entry
    }

    private mutating func touch(_ name: String, _ entry: inout Entry) {
        guard !entry.isTouched else { return }
        entry.isTouched = true
        touched.append(name)
    }
}
