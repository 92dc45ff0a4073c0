/// How many of something are due: a rate turned into whole numbers without drift. A value that is handed the time.
struct Pace {
    /// Per second; `nil`: no limit.
    let rate: Double?
    private let start: Int64
    private var done = 0

    init(rate: Double?, start: Int64) {
        self.rate = rate
        self.start = start
    }

    /// How many are due at `now` that were not taken yet; at most `limit`, so that a late turn does not become a burst without bounds.
    mutating func take(at now: Int64, limit: Int) -> Int {
        guard let rate else { return limit }
        let due = Int(Double(now - start) / 1e9 * rate) - done
        let count = max(0, min(due, limit))
        done += count
        return count
    }
}
