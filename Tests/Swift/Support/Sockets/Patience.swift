/// How tests wait: for what comes, however slow the machine is, and never for a time in which it should have come.
public enum Patience {
    /// The longest that a test waits for what has to come.
    public static let longest = Duration.seconds(30)

    /// Looks until it is so.
    /// - Returns: false where it was not so within ``longest``.
    public static func sees(_ isSo: () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + longest
        while try await !isSo() {
            if ContinuousClock.now > end { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
        return true
    }

    /// For what happens in a span that a machine can miss by standing still: it has to be seen in one of a few attempts.
    public static func sees(inOneOf attempts: Int, _ isSeen: (_ attempt: Int) async throws -> Bool) async throws -> Bool {
        for attempt in 1...attempts where try await isSeen(attempt) { return true }
        return false
    }
}
