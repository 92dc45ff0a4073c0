/// What it means when loops are silent. A pure rule, looked at once a second.
///
/// It counts looks, not time: a process that was stopped for a minute, or a machine that was, has missed its own looks as well.
struct LoopWatch {
    /// Looks after which a silent loop is told to probes.
    static let stalledAfter = 10
    /// Looks after which nobody believes that a silent loop comes back.
    static let hungAfter = 30
    /// Looks after which a loop is called silent when the time to drain is over.
    static let hungInDrainAfter = 2

    enum Finding: Equatable {
        case allTurn
        /// This loop has been silent for so many looks.
        case stalled(loop: Int, looks: Int)
        /// The process has to end: this loop will not turn again, or not in time.
        case hung(loop: Int, looks: Int)
    }

    private var last: [UInt64?] = []
    private var silent: [Int] = []
    /// Looks that are left until draining must be over; nil while nothing ends.
    private var drainLooks: Int?

    /// The server ends from now on, and has so many looks for it.
    mutating func startDraining(looks: Int) {
        drainLooks = drainLooks ?? looks
    }

    /// - Parameter beats: what each loop's ``Heartbeat`` shows; nil for one that is not to turn.
    mutating func look(at beats: [UInt64?]) -> Finding {
        if last.count != beats.count { (last, silent) = (beats.map { _ in nil }, beats.map { _ in 0 }) }
        for (loop, beat) in beats.enumerated() {
            silent[loop] = beat != nil && beat == last[loop] ? silent[loop] + 1 : 0
            last[loop] = beat
        }
        if let looks = drainLooks { drainLooks = max(0, looks - 1) }
        guard let longest = silent.max(), let loop = silent.firstIndex(of: longest) else { return .allTurn }
        if longest >= (drainLooks == 0 ? Self.hungInDrainAfter : Self.hungAfter) { return .hung(loop: loop, looks: longest) }
        return longest >= Self.stalledAfter ? .stalled(loop: loop, looks: longest) : .allTurn
    }
}
