/// What is remembered of each version that was seen: when first, when last, and how many tabs it had at most.
package struct VersionRecords: Sendable, Equatable {
    package struct Record: Sendable, Equatable {
        /// Milliseconds since 1970.
        package var firstSeen: Int64
        /// Milliseconds since 1970.
        package var lastSeen: Int64
        /// The most tabs at one time.
        package var peak: Int

        package init(firstSeen: Int64, lastSeen: Int64, peak: Int) {
            (self.firstSeen, self.lastSeen, self.peak) = (firstSeen, lastSeen, peak)
        }
    }

    /// Beyond it the versions that were seen longest ago are forgotten.
    package static let capacity = 500

    package private(set) var records: [String: Record] = [:]

    package init() {}

    /// Takes in the counts of a moment. Costs O(versions).
    package mutating func note(_ counts: [String: Int], at moment: Int64) {
        for (name, count) in counts where count > 0 && name != Statistics.otherName {
            if let known = records[name] {
                records[name] = Record(
                    firstSeen: min(known.firstSeen, moment), lastSeen: max(known.lastSeen, moment), peak: max(known.peak, count))
            } else {
                records[name] = Record(firstSeen: moment, lastSeen: moment, peak: count)
            }
        }
        guard records.count > Self.capacity else { return }
        let kept = records.sorted { ($1.value.lastSeen, $0.key) < ($0.value.lastSeen, $1.key) }.prefix(Self.capacity)
        records = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
