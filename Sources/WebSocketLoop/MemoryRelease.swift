/// Says when memory that is free goes back to the system: a storm of connections leaves it with the allocator. A pure rule, asked once
/// a second.
struct MemoryRelease {
    /// Seconds without much change that count as quiet.
    private static let quietSeconds = 5
    /// Connections that must have gone for it to be worth the few milliseconds.
    private static let least = 1000

    private var most = 0
    private var last = 0
    private var quiet = 0

    /// - Parameter open: connections that are open now.
    /// - Returns: whether to do it now.
    mutating func isDue(open: Int) -> Bool {
        most = max(most, open)
        quiet = abs(open - last) < 10 ? quiet + 1 : 0
        last = open
        guard most - open >= Self.least, quiet >= Self.quietSeconds else { return false }
        most = open
        return true
    }
}
