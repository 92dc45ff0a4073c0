/// How many messages a peer may still send now: `rate` per second, up to `burst` at once. 8 bytes per socket.
struct TokenBucket {
    /// A rate limit: the refill in messages per second and the size of the bucket.
    struct Limit {
        var rate: Int
        var burst: Int
    }

    /// Thousandths of a message that are used up; 0 is a full bucket, so a fresh socket costs no set-up.
    private var used: UInt32 = 0
    private var lastTick: UInt32 = 0

    /// Takes one message at `tick`.
    /// - Returns: false when the bucket is empty: the peer is over its limit.
    mutating func take(at tick: UInt32, ticksPerSecond: Int, limit: Limit) -> Bool {
        let elapsed = Int(tick &- lastTick)
        lastTick = tick
        let refilled = max(0, Int(used) - elapsed * limit.rate * 1000 / ticksPerSecond)
        guard refilled + 1000 <= limit.burst * 1000 else {
            used = UInt32(refilled)
            return false
        }
        used = UInt32(refilled + 1000)
        return true
    }
}
