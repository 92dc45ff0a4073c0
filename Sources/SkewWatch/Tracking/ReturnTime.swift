/// How long a tab stays away when its connection is lost. The server says it beforehand, since one that crashes says nothing any more; the
/// times differ, so that not all tabs come back at once: about a thousand in a second, and all within a minute.
struct ReturnTime: Sendable {
    private static let leastSpan = 1000
    private static let greatestSpan = 60_000

    let milliseconds: Int

    /// - Parameter open: how many connections there are.
    init(open: Int, using random: inout some RandomNumberGenerator) {
        let span = min(max(open, Self.leastSpan), Self.greatestSpan)
        milliseconds = 1 + Int(truncatingIfNeeded: random.next(upperBound: UInt64(span)))
    }
}
