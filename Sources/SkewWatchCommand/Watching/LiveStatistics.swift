internal import SkewProtocol

/// The counts that a watcher keeps: a `stats` message with the `stats-delta` messages since.
struct LiveStatistics: Equatable {
    /// What the server calls all that has no name of its own, since there are more names than it shows.
    static let otherName = "(other)"

    private(set) var total: Int
    private(set) var versions: [String: Int]
    private(set) var routes: [String: Int]
    private(set) var sequence: Int

    /// From a `stats` message; nil when it is none.
    init?(_ message: JSONValue) {
        guard let total = message["total"]?.count, let sequence = message["seq"]?.count else { return nil }
        (self.total, self.sequence, versions, routes) = (total, sequence, [:], [:])
        guard Self.apply(message["versions"], to: &versions), Self.apply(message["routes"], to: &routes) else { return nil }
    }

    /// Takes a `stats-delta` in.
    /// - Returns: false when it does not follow on what is here. Everything must be asked for again then.
    mutating func apply(_ delta: JSONValue) -> Bool {
        guard delta["seq"]?.count == sequence + 1, let total = delta["total"]?.count else { return false }
        guard Self.apply(delta["versions"], to: &versions), Self.apply(delta["routes"], to: &routes) else { return false }
        self.total = total
        sequence += 1
        return true
    }

    /// Puts new counts in the place of old ones. A null takes the key away.
    private static func apply(_ change: JSONValue?, to counts: inout [String: Int]) -> Bool {
        guard let change else { return true }
        guard case .object(let members) = change else { return false }
        for (key, value) in members {
            if value == .null {
                counts[key] = nil
            } else {
                guard let count = value.count else { return false }
                counts[key] = count
            }
        }
        return true
    }
}

extension JSONValue {
    /// A whole number that is not negative; nil for anything else.
    fileprivate var count: Int? {
        guard case .number(let number) = self, let whole = Int(exactly: number), whole >= 0 else { return nil }
        return whole
    }
}
