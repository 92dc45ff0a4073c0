/// The names of one kind (versions or routes) summed over all sources, and which of them are shown under the cap.
///
/// Every name is counted exactly, by its sources (`KeyTable`) and here; so a name is shown whole, or it is hidden and all of it is in
/// `Statistics.otherName`. Here it is decided which: the pinned names, and of the others those with the largest counts, equals by name. A
/// name that is due for a place gets it at once where one is free, and another's only when it was the larger one for the whole grace. So
/// nobody holds a place by having come first, and which names are shown does not depend on which source came first.
struct FleetKeys: Sendable {
    /// How long a hidden name must be the larger one before it takes the place of a shown one.
    static let grace = Duration.seconds(10)
    /// While names are hidden they are ranked this often at most: it costs O(distinct names).
    static let beat = Duration.seconds(1)

    private struct Entry {
        var count: Int
        /// It is in `touched`, which therefore holds a shown name once.
        var isTouched = false
    }

    private let limit: Int
    private var pinned: Set<String> = []
    /// The shown names; one whose count fell to 0 stays until the take has told it.
    private var shown: [String: Entry] = [:]
    /// Shown names with a count above 0.
    private var shownCount = 0
    private var hidden: [String: Int] = [:]
    /// Hidden names that came since the last take: nobody knows a row of theirs by another name yet.
    private var newcomers: Set<String> = []
    /// The connections that no shown name counts: those of hidden names, and what the sources themselves count as other.
    private var otherCount = 0
    private var toldOtherCount = 0
    /// Names that are shown, or were until now, and whose counts are to be told.
    private var touched: [String] = []
    /// Since when hidden names are larger than shown ones.
    private var challengers: [String: Duration] = [:]
    private var nextRanking = Duration.zero

    init(limit: Int) {
        precondition(limit >= 0, "limit must not be negative")
        self.limit = limit
    }

    /// The shown names with their counts, and the rest as other. Costs O(shown names).
    var counts: [String: Int] {
        var counts: [String: Int] = [:]
        counts.reserveCapacity(shown.count + 1)
        for (name, entry) in shown where entry.count > 0 { counts[name] = entry.count }
        if otherCount > 0 { counts[Statistics.otherName] = otherCount }
        return counts
    }

    /// Whether hidden names wait for a place that time alone may give them: then `reconsider(at:pinned:)` is to be called again.
    var isUnsettled: Bool { !challengers.isEmpty || shownCount > limit || !hidden.isEmpty && shownCount < limit }

    /// Under which name a row with this name is shown.
    func shownName(_ name: String) -> String {
        guard let index = shown.index(forKey: name), shown.values[index].count > 0 else { return Statistics.otherName }
        // The spelling that came first, as everywhere: to a browser another one would be another name.
        return shown.keys[index]
    }

    // MARK: Counting

    /// Adds what one source counts more or less. A name that is new is hidden until `admitNewcomers()`.
    mutating func change(by differences: [(name: String, difference: Int)]) {
        for (name, difference) in differences {
            if name == Statistics.otherName {
                otherCount += difference
            } else if let index = shown.index(forKey: name), shown.values[index].count > 0 || shownCount < limit && hidden[name] == nil {
                if shown.values[index].count == 0 { shownCount += 1 }
                shown.values[index].count += difference
                if shown.values[index].count == 0 { shownCount -= 1 }
                touch(at: index)
            } else {
                changeHidden(name, by: difference)
            }
        }
    }

    private mutating func changeHidden(_ name: String, by difference: Int) {
        guard difference != 0 else { return }
        otherCount += difference
        if let index = hidden.index(forKey: name) {
            hidden.values[index] += difference
            if hidden.values[index] == 0 {
                hidden.remove(at: index)
                newcomers.remove(name)
            }
        } else {
            hidden[name] = difference
            newcomers.insert(name)
        }
    }

    /// The shown names touched since the last take with their counts, 0 for those that are gone.
    mutating func takeTouched() -> [String: Int] {
        admitNewcomers()
        var counts: [String: Int] = [:]
        counts.reserveCapacity(touched.count)
        for name in touched {
            guard let index = shown.index(forKey: name) else {
                counts[name] = 0
                continue
            }
            let count = shown.values[index].count
            counts[shown.keys[index]] = count
            if count > 0 { shown.values[index].isTouched = false } else { shown.remove(at: index) }
        }
        touched.removeAll(keepingCapacity: true)
        if otherCount != toldOtherCount { counts[Statistics.otherName] = otherCount }
        toldOtherCount = otherCount
        return counts
    }

    // MARK: Places

    /// Gives names that came since the last take the places that are free. Where they cannot all be shown, those with the most connections
    /// are, the same ones every time. Names that were hidden before are not passed by: while there are any, all wait for the ranking.
    mutating func admitNewcomers() {
        guard !newcomers.isEmpty else { return }
        // A release has a name at once; the next ranking takes the place for it from another.
        for name in pinned where newcomers.contains(name) { show(name) }
        if hidden.count <= limit - shownCount {
            for name in newcomers { show(name) }
        } else if hidden.keys.allSatisfy({ newcomers.contains($0) }) {
            for name in largestHidden(max(0, limit - shownCount)) { show(name.name) }
        }
        newcomers.removeAll(keepingCapacity: true)
    }

    /// Decides anew who is shown, now that it is `now` and these names are to have a place whatever they count.
    /// - Returns: the names that were hidden and are shown now, or the other way round. Their rows are to be told as changed.
    mutating func reconsider(at now: Duration, pinned names: [String]) -> Set<String> {
        let names = Set(names.prefix(limit))
        let isRepinned = names != pinned
        pinned = names
        guard !hidden.isEmpty || shownCount > limit else {
            challengers = [:]
            return []
        }
        guard now >= nextRanking || isRepinned else { return [] }
        nextRanking = now + Self.beat
        return rank(at: now)
    }

    private mutating func rank(at now: Duration) -> Set<String> {
        let incumbents = shown.lazy.filter { [pinned] in $0.value.count > 0 && !pinned.contains($0.key) }
            .map { (name: $0.key, count: $0.value.count) }.sorted { precedes($1, $0) }
        var weakest = incumbents[...]
        var renamed: Set<String> = []
        // Pinned names first: they wait for nobody.
        for name in pinned where hidden[name] != nil {
            show(name)
            renamed.insert(name)
        }
        while shownCount > limit, let loser = weakest.popFirst() {
            hide(loser.name)
            renamed.insert(loser.name)
        }
        let free = max(0, limit - shownCount)
        let rivals = largestHidden(free + weakest.count, above: free == 0 ? weakest.first : nil)
        for rival in rivals.prefix(free) {
            show(rival.name)
            renamed.insert(rival.name)
        }
        var waiting: [String: Duration] = [:]
        for (rival, loser) in zip(rivals.dropFirst(free), weakest) where precedes(rival, loser) {
            let since = challengers[rival.name] ?? now
            if now - since >= Self.grace {
                hide(loser.name)
                show(rival.name)
                renamed.formUnion([rival.name, loser.name])
            } else {
                waiting[rival.name] = since
            }
        }
        challengers = waiting
        return renamed
    }

    /// The hidden names with the largest counts, the largest first: no more than so many, and only those before the bar.
    private func largestHidden(_ count: Int, above bar: (name: String, count: Int)? = nil) -> [(name: String, count: Int)] {
        guard count > 0 else { return [] }
        var (bar, kept) = (bar, [(name: String, count: Int)]())
        for (name, number) in hidden {
            if let bar, !precedes((name, number), bar) { continue }
            kept.append((name, number))
            guard kept.count >= 2 * count else { continue }
            kept.sort { precedes($0, $1) }
            kept.removeLast(kept.count - count)
            bar = kept.last
        }
        kept.sort { precedes($0, $1) }
        return Array(kept.prefix(count))
    }

    private func precedes(_ left: (name: String, count: Int), _ right: (name: String, count: Int)) -> Bool {
        (right.count, left.name) < (left.count, right.name)
    }

    private mutating func show(_ name: String) {
        guard let index = hidden.index(forKey: name) else { return }
        let (name, count) = hidden.remove(at: index)
        otherCount -= count
        shownCount += 1
        // It may be there still, as one that has gone and is not told yet.
        let isTouched = shown[name]?.isTouched ?? false
        shown[name] = Entry(count: count, isTouched: true)
        if !isTouched { touched.append(name) }
    }

    private mutating func hide(_ name: String) {
        guard let index = shown.index(forKey: name) else { return }
        let (name, entry) = shown.remove(at: index)
        hidden[name] = entry.count
        otherCount += entry.count
        shownCount -= 1
        if !entry.isTouched { touched.append(name) }
    }

    private mutating func touch(at index: Dictionary<String, Entry>.Index) {
        guard !shown.values[index].isTouched else { return }
        shown.values[index].isTouched = true
        touched.append(shown.keys[index])
    }
}
