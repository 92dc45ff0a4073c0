/// The total over the last minutes, a number a second.
struct TotalHistory {
    /// As many as the widest screen shows.
    static let limit = 240

    /// nil where nobody knew: the line has a hole there.
    private var totals: [Int?] = []

    /// One more second is over. Before the first number there is nothing to tell.
    mutating func add(_ total: Int?) {
        if total == nil && totals.isEmpty { return }
        if totals.count == Self.limit { totals.removeFirst() }
        totals.append(total)
    }

    /// A line of that many columns at most, a column a second, the newest on the right.
    ///
    /// It starts at zero: half as high is half as many.
    func line(columns: Int, steps: [Character]) -> String {
        let shown = totals.suffix(max(0, columns))
        let most = max(1, shown.compactMap(\.self).max() ?? 0)
        return String(shown.map { total in total.map { steps[($0 * (steps.count - 1) + most / 2) / most] } ?? " " })
    }

    /// The least and the most of what such a line shows; nil when it is empty.
    func range(columns: Int) -> ClosedRange<Int>? {
        let shown = totals.suffix(max(0, columns)).compactMap(\.self)
        guard let least = shown.min(), let most = shown.max() else { return nil }
        return least...most
    }
}
