/// Lets events of one kind into the log, some per second, and counts those that it leaves out.
struct FloodGate: Sendable {
    let perSecond: Int
    let burst: Int
    private var used = Duration.zero
    private var last = Duration.zero
    private var leftOut = 0

    init(perSecond: Int, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// An event happens.
    /// - Returns: how many were left out since the last one that was written, or nil when this one is left out, too.
    mutating func pass(at now: Duration) -> Int? {
        let cost = Duration.seconds(1) / perSecond
        used = max(.zero, used - max(.zero, now - last))
        last = now
        guard used + cost <= cost * burst else {
            leftOut += 1
            return nil
        }
        used += cost
        return takeLeftOut()
    }

    /// How many were left out, once events pass again; nil when none or not yet.
    mutating func summary(at now: Duration) -> Int? {
        guard leftOut > 0, now - last >= .seconds(1) else { return nil }
        return takeLeftOut()
    }

    private mutating func takeLeftOut() -> Int {
        defer { leftOut = 0 }
        return leftOut
    }
}
