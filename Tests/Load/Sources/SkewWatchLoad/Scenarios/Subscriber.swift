/// One connection that asked for statistics, and what became of it.
struct Subscriber {
    let id: ConnectionID
    let mode: ClientMessage.Mode
    /// Whether every message is read and checked, or only looked through for marks.
    let isChecked: Bool
    /// The id the server gave it.
    var wireID: String?
    var checker: StatisticsChecker
    var messages = 0
    /// Bytes of those messages, without frame headers.
    var bytes = 0
    /// Whole lists among the checked one's messages: of a delta subscriber's, those beyond the asked for tell that it fell behind.
    var snapshots = 0
    var isOpen = false
    /// Whether a first `stats` has come.
    var isFed = false
    var isUnauthorized = false
    /// Set to the checker's state before a snapshot was asked for again, to compare the two.
    var awaited: StatisticsChecker?
    var ending: Ending?

    /// Whether it is one that can be compared now.
    var isWatching: Bool { isChecked && isFed && ending == nil }
}
