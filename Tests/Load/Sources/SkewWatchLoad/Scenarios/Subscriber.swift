/// One connection that asked for statistics, and what became of it.
struct Subscriber {
    let id: ConnectionID
    /// The place of the node that it asked.
    let node: Int
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

    /// Reads a message that has come.
    /// - Returns: what is wrong with it, by what it said before.
    mutating func read(_ bytes: [UInt8]) -> [Violation] {
        // A list of 15,000 rows takes 70 ms to decode: who only waits for marks does without.
        if !isChecked, ServerMessage.typeOf(bytes) == "stats" {
            isFed = true
            return []
        }
        guard let message = try? ServerMessage.read(bytes) else {
            return [.unreadable(String(decoding: bytes.prefix(80), as: UTF8.self))]
        }
        switch message.type {
        case "stats":
            isFed = true
            snapshots += 1
            var found = checker.takeSnapshot(message)
            if let before = awaited {
                awaited = nil
                found += before.compare(withSnapshot: checker)
            }
            return found
        case "stats-delta": return isChecked ? checker.takeDelta(message) : []
        case "connected": wireID = message.connectionId
        case "stats-unauthorized": isUnauthorized = true
        default: break
        }
        return []
    }
}
