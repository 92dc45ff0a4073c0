/// Staleness: one tab moves to a route that nobody else has, and each subscriber is waited for until it is told. A value that is handed the time.
struct MarkBoard {
    /// Nanoseconds after which a mark that somebody has not seen counts as missed.
    let patience: Int64
    /// Least nanoseconds from one mark to the next.
    let interval: Int64

    private(set) var number = 0
    private(set) var missed = 0
    private var sentAt: Int64?
    private var lastAt: Int64?
    private var waiting: Set<Int> = []

    init(interval: Int64, patience: Int64) {
        self.interval = interval
        self.patience = patience
    }

    /// The route of the mark under way; unique in the run.
    var route: String { "/mark-\(number)" }

    /// What a message that tells the mark has in it. The closing quote keeps mark 1 apart from mark 17.
    var needle: [UInt8] { Array("mark-\(number)\"".utf8) }

    /// Whether a mark is under way.
    var isWaiting: Bool { sentAt != nil }

    /// Gives a mark up that somebody has not seen for too long.
    mutating func giveUp(at now: Int64) {
        guard let sentAt, now - sentAt > patience else { return }
        missed += waiting.count
        self.sentAt = nil
    }

    /// Whether the next mark is due: the one before was seen by all or given up, and the interval is over.
    func isDue(at now: Int64) -> Bool { sentAt == nil && now - (lastAt ?? now - interval) >= interval }

    /// A new mark is sent; it must come to all `subscribers`. Read `route` afterwards.
    mutating func begin(at now: Int64, subscribers: some Sequence<Int>) {
        number += 1
        sentAt = now
        lastAt = now
        waiting = Set(subscribers)
        if waiting.isEmpty { sentAt = nil }
    }

    /// How many have not been told of the mark under way.
    var outstanding: Int { sentAt == nil ? 0 : waiting.count }

    /// Whether `subscriber` has not yet been told.
    func awaits(_ subscriber: Int) -> Bool { sentAt != nil && waiting.contains(subscriber) }

    /// A subscriber was told: how many nanoseconds the mark took to it, `nil` if it was told before.
    mutating func seen(by subscriber: Int, at now: Int64) -> Int64? {
        guard let sentAt, waiting.remove(subscriber) != nil else { return nil }
        if waiting.isEmpty { self.sentAt = nil }
        return now - sentAt
    }

    /// A subscriber is gone: nobody waits for it.
    mutating func forget(_ subscriber: Int) {
        waiting.remove(subscriber)
        if waiting.isEmpty { sentAt = nil }
    }
}
