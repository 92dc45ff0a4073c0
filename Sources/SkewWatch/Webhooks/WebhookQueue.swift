/// Messages that wait for their receiver, in order, and when the next one is tried: a value, handed the time.
///
/// A message that was not taken is tried again until it is, with pauses that double, up to five minutes; the ones behind it wait. Where too
/// many wait the oldest goes.
struct WebhookQueue: Sendable {
    enum Action: Sendable, Equatable {
        /// Try this one now, and say what came of it.
        case send(WebhookMessage)
        /// Look again at this time.
        case wait(until: Duration)
        /// Nothing waits.
        case rest
    }

    /// What a receiver's answer comes to, where it is worth a line in the log.
    enum Turn: Sendable, Equatable {
        /// The first fault after it was well.
        case outage
        /// It takes messages again, after so many faults.
        case recovery(failures: Int)
    }

    static let capacity = 100
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(300)

    private let firstPause: Duration
    private(set) var waiting: [WebhookMessage] = []
    /// How many were dropped since the start, since too many waited.
    private(set) var dropped = 0
    private var failures = 0
    private var notBefore: Duration?

    /// - Parameters:
    ///   - waiting: what an earlier process had still to send, oldest first.
    ///   - firstPause: after the first fault; tests take a shorter one.
    init(waiting: [WebhookMessage] = [], firstPause: Duration = Self.firstPause) {
        self.firstPause = firstPause
        self.waiting = waiting.suffix(Self.capacity)
    }

    /// There is another receiver: it is tried at once.
    mutating func retry() { notBefore = nil }

    /// Whether nothing waits.
    var isEmpty: Bool { waiting.isEmpty }

    mutating func add(_ message: WebhookMessage) {
        if waiting.count == Self.capacity {
            waiting.removeFirst()
            dropped += 1
        }
        waiting.append(message)
    }

    func next(at now: Duration) -> Action {
        guard let first = waiting.first else { return .rest }
        if let notBefore, now < notBefore { return .wait(until: notBefore) }
        return .send(first)
    }

    /// The receiver has a message. It may have been dropped meanwhile.
    mutating func delivered(_ id: String) -> Turn? {
        if waiting.first?.id == id { waiting.removeFirst() }
        defer { (failures, notBefore) = (0, nil) }
        return failures > 0 ? .recovery(failures: failures) : nil
    }

    /// The receiver did not take a message.
    mutating func failed(at now: Duration) -> Turn? {
        notBefore = now + min(firstPause * (1 << min(failures, 10)), Self.longestPause)
        failures += 1
        return failures == 1 ? .outage : nil
    }
}
