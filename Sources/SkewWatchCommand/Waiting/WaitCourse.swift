internal import Presence

/// The rules of a wait over a subscription, beside those of the condition itself: what is heard late proves nothing. Handed the time.
struct WaitCourse {
    enum Step: Equatable {
        /// Nothing yet.
        case wait
        /// It would be reached, but the newest numbers are older than that: ask for those of now.
        case confirm
        case reached
        case timedOut
    }

    /// How long fresh numbers may take to come.
    static let patience = Duration.seconds(15)
    /// The fall is measured over so long.
    private static let window = Duration.seconds(60)

    private(set) var rule: RolloutRule
    let start: Duration
    /// When whole numbers last came.
    private var heard: Duration?
    private var asked: Duration?
    /// When the server had started, by this clock; nil while it has not said so: then the connection's own age counts.
    private var serverStart: Duration?
    private var connected: Duration?
    private var counts: [(at: Duration, count: Int)] = []
    /// The newest numbers; nil while nothing is known.
    private(set) var view: RolloutView?

    init(_ rule: RolloutRule, start: Duration) { (self.rule, self.start) = (rule, start) }

    /// The connection is away: nothing is known.
    mutating func lost(at now: Duration) {
        (heard, asked, serverStart, connected, view) = (nil, nil, nil, nil, nil)
        counts = []
        _ = rule.look(nil, at: now)
    }

    /// The server said for how long it has run.
    mutating func uptime(_ uptime: Duration, at now: Duration) { serverStart = now - uptime }

    /// Numbers came.
    /// - Parameters:
    ///   - partial: why numbers of other nodes are missing.
    ///   - returning: tabs between two nodes.
    ///   - previews: versions that are neither old nor current.
    ///   - isWhole: whether they were counted at this moment, and did not just follow on others.
    mutating func take(
        _ versions: [String: Int], total: Int, release: String?, partial: [String] = [], returning: Int = 0,
        previews: [String] = [], isWhole: Bool, at now: Duration
    ) {
        connected = connected ?? now
        if isWhole { (heard, asked) = (now, nil) }
        var view = RolloutView(
            total: total, versions: versions, release: release, partial: partial, returning: returning,
            previews: previews, age: .zero)
        view.age = now - (serverStart ?? connected ?? now)
        self.view = view
        if let count = rule.condition.count(in: view) {
            counts.append((now, count))
            counts.removeAll { $0.at < now - Self.window }
        }
    }

    /// What to do now.
    mutating func step(at now: Duration) -> Step {
        var current = view
        current?.age = now - (serverStart ?? connected ?? now)
        // Who does not answer is away.
        if let asked, now - asked > Self.patience { current = nil }
        let before = rule
        switch rule.look(current, at: now) {
        case .wait: return .wait
        case .timedOut: return .timedOut
        case .reached:
            let since = rule.holdsSince ?? now
            if let heard, heard >= since + rule.holdFor { return .reached }
            guard now < rule.deadline + Self.patience else { return .timedOut }
            if asked != nil {
                rule = before
                return .wait
            }
            asked = now
            return .confirm
        }
    }

    /// How many are counted fewer than a minute ago; nil while that is not known.
    var fall: Int? {
        guard let first = counts.first, let last = counts.last, last.at - first.at >= .seconds(5) else { return nil }
        return first.count - last.count
    }
}
