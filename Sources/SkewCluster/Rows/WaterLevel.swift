/// How many rows each node may list, so that all together list no more than may be: every node lists up to one level. Every node knows the totals
/// of all, so all come to the same level by themselves.
package enum WaterLevel {
    /// - Parameters:
    ///   - totals: how many tabs each node has.
    ///   - places: how many rows may be listed.
    /// - Returns: the level; as high as wanted where all have room. It is rounded down, by a quarter at most: so a tab more on a node does not move
    ///   everybody's list.
    package static func level(_ totals: [Int], places: Int) -> Int {
        var (left, level) = (max(0, places), 0)
        let sorted = totals.filter { $0 > 0 }.sorted()
        for (place, total) in sorted.enumerated() {
            let share = left / (sorted.count - place)
            guard total > share else {
                left -= total
                level = total
                continue
            }
            return rounded(share)
        }
        return max(level, places)
    }

    /// - Returns: the number with all bits but its highest three cleared.
    private static func rounded(_ share: Int) -> Int {
        let width = Int.bitWidth - max(0, share).leadingZeroBitCount
        return width <= 3 ? share : (share >> (width - 3)) << (width - 3)
    }
}
