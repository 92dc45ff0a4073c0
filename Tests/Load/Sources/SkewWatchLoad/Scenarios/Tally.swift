/// What was counted in a run.
struct Tally {
    var opened = 0
    var moved = 0
    var closed = 0
    /// Tabs that never came to be, and tabs that ended without being asked to.
    var failed = 0
    var lost = 0
    /// Connections that a crowd that comes back has lost, of tabs and of subscribers.
    var away = 0
    /// Tabs whose first message was `connected`, and those where it was something else.
    var greeted = 0
    var misgreeted = 0
    var endings: [Ending: Int] = [:]
    var handshake = Latencies()
    var staleness = Latencies()
    /// The first few violations, and how many there were of each check.
    var violations: [String: [Violation]] = [:]
    var violationCounts: [String: Int] = [:]

    mutating func add(_ found: [Violation]) {
        for violation in found {
            violationCounts[violation.check, default: 0] += 1
            if violations[violation.check, default: []].count < 3 { violations[violation.check, default: []].append(violation) }
        }
    }
}
