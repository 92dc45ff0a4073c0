/// When a node is to say what: a heartbeat about once a second and whenever something in it is news, a snapshot to those who asked, goodbye
/// twice. Times are monotonic.
struct TellingTimes: Sendable {
    /// How long a snapshot waits, so that one answers all who ask.
    private static let answerDelay = Duration.milliseconds(10)...Duration.milliseconds(100)
    private static let snapshotInterval = Duration.milliseconds(500)
    private static let questionDelay = Duration.zero...Duration.milliseconds(50)
    private static let goodbyeInterval = Duration.milliseconds(100)

    private let started: Duration
    private var nextHeartbeat: Duration
    private var helloDue: Duration?
    private var snapshotDue: [Section: Duration] = [:]
    private var lastSnapshot: [Section: Duration] = [:]
    private(set) var areCountsHurried = false
    private var goodbyes = 0
    private var goodbyeDue: Duration?

    init(at now: Duration) {
        (started, nextHeartbeat) = (now, now)
    }

    // MARK: What calls for it

    /// Something in the heartbeat is news.
    mutating func hurryHeartbeat(at now: Duration) { helloDue = now }

    /// Tabs that were held are told, since others have let go of them in this moment; or this node answers who claims tabs.
    mutating func hurryCounts() { areCountsHurried = true }

    /// Something was missed: the next heartbeat asks for it. Several may have missed the same.
    mutating func missed(at now: Duration, using random: inout some RandomNumberGenerator) {
        helloDue = min(helloDue ?? .seconds(Int64.max / 2), now + Self.draw(Self.questionDelay, using: &random))
    }

    /// Somebody asks for a section.
    mutating func asked(_ section: Section, at now: Duration, using random: inout some RandomNumberGenerator) {
        guard snapshotDue[section] == nil else { return }
        let soonest = (lastSnapshot[section] ?? started - Self.snapshotInterval) + Self.snapshotInterval
        snapshotDue[section] = max(now + Self.draw(Self.answerDelay, using: &random), soonest)
    }

    /// Nobody is here any more.
    mutating func leave(at now: Duration) { (goodbyes, goodbyeDue) = (2, now) }

    // MARK: What is due

    mutating func didHurryCounts() { areCountsHurried = false }

    func isHeartbeatDue(at now: Duration) -> Bool { nextHeartbeat <= now || helloDue.map { $0 <= now } ?? false }

    mutating func didHeartbeat(at now: Duration, using random: inout some RandomNumberGenerator) {
        if nextHeartbeat <= now { nextHeartbeat = now + ClusterTimes.heartbeat * Int.random(in: 90...110, using: &random) / 100 }
        helloDue = nil
    }

    /// The sections whose snapshots are due; they are taken as told.
    mutating func takeSnapshotsDue(at now: Duration) -> [Section] {
        let due = Section.allCases.filter { section in snapshotDue[section].map { $0 <= now } ?? false }
        for section in due { (snapshotDue[section], lastSnapshot[section]) = (nil, now) }
        return due
    }

    /// Whether a goodbye is due; it is taken as said.
    mutating func takeGoodbye(at now: Duration) -> Bool {
        guard let due = goodbyeDue, goodbyes > 0, due <= now else { return false }
        goodbyes -= 1
        goodbyeDue = now + Self.goodbyeInterval
        return true
    }

    /// When something is to be said that does not wait for the next heartbeat; nil where there is nothing.
    var next: Duration? {
        let goodbye = goodbyes > 0 ? goodbyeDue : nil
        return ([helloDue, goodbye].compactMap(\.self) + snapshotDue.values).min()
    }

    /// Whether both goodbyes are said.
    var hasLeft: Bool { goodbyes == 0 && goodbyeDue != nil }

    private static func draw(_ range: ClosedRange<Duration>, using random: inout some RandomNumberGenerator) -> Duration {
        let span = range.upperBound - range.lowerBound
        return range.lowerBound + span * Int.random(in: 0...1000, using: &random) / 1000
    }
}
