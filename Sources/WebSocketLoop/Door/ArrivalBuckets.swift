/// How many connections each address may still open now: a table of fixed size (786 KB), so that no number of addresses makes it grow.
///
/// An address has one of four places, chosen by a hash with a key of this process; of more addresses than that the one that came
/// last the longest time ago is forgotten, which lets it in with a full bucket.
struct ArrivalBuckets {
    /// Connections at once, in seconds of the rate.
    static let burst = 4

    private struct Entry {
        var tag: UInt32 = 0
        var lastTick: UInt32 = 0
        var bucket = TokenBucket()
    }

    private static let sets = 12_288
    private static let ways = 4

    private var entries = [Entry](repeating: Entry(), count: sets * ways)

    /// Takes one connection of `address`.
    /// - Parameter tick: a tenth of a second.
    /// - Returns: false when it opens more than `perSecond`, the burst apart.
    mutating func take(_ address: AddressKey, at tick: UInt32, perSecond: Int) -> Bool {
        // Swift keys its hashes for each process.
        let hash = UInt64(truncatingIfNeeded: address.hashValue)
        let tag = UInt32(truncatingIfNeeded: hash >> 32) | 1
        let first = Int(hash & 0xFFFF_FFFF) % Self.sets * Self.ways
        var chosen = first
        for index in first..<first + Self.ways {
            if entries[index].tag == tag {
                chosen = index
                break
            }
            if entries[index].tag == 0 || tick &- entries[index].lastTick > tick &- entries[chosen].lastTick, entries[chosen].tag != 0 {
                chosen = index
            }
        }
        if entries[chosen].tag != tag { entries[chosen] = Entry(tag: tag) }
        entries[chosen].lastTick = tick
        return entries[chosen].bucket.take(
            at: tick, ticksPerSecond: 10, limit: .init(rate: perSecond, burst: Self.burst * perSecond))
    }
}
