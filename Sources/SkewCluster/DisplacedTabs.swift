/// The tabs that this node closed to move them elsewhere and has not told of yet, each with the time of its close.
struct DisplacedTabs: Sendable {
    private var untold: [(entry: TransitEntry, closed: Duration)] = []
    private var nextNumber: UInt32 = 0
    private let instance: InstanceID

    init(of instance: InstanceID) {
        self.instance = instance
    }

    var isEmpty: Bool { untold.isEmpty }

    /// One more, with the next number.
    mutating func add(version: String, route: String, due: Duration, at now: Duration) -> TransitEntry {
        let entry = TransitEntry(id: TransitID(instance: instance, number: nextNumber), version: version, route: route, due: due)
        nextNumber += 1
        untold.append((entry, now))
        return entry
    }

    /// All of them, as of now.
    func entries(at now: Duration) -> [TransitEntry] { untold.map { $0.entry.later(by: now - $0.closed) } }

    /// As many as one message holds, as of now; they are taken as told.
    mutating func take(at now: Duration) -> [TransitEntry] {
        let taken = entries(at: now).prefix(Self.maxTold)
        untold.removeFirst(taken.count)
        return Array(taken)
    }

    /// With names of usual length they fill half of the longest message.
    static let maxTold = 10_000
}
