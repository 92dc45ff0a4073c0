/// Decides, from what a URL says, when a release is out: once it was seen twice, five seconds apart. While a deployment is half done the
/// app's old and new instances answer in turn, and nothing is announced. A value, handed the time.
struct ReleaseProbe: Sendable {
    /// What the URL said.
    enum Answer: Equatable {
        /// With the `ETag`, where there was one.
        case version(String, tag: String?)
        /// Not modified.
        case unchanged
        /// With the reason, in words for the log.
        case failed(String)
    }

    enum Action: Equatable {
        case announce(String)
        /// The first fault of several: the reason.
        case warn(String)
        /// It answers again.
        case recovered
    }

    /// How often it is asked, and how long a release must have been there.
    static let interval = Duration.seconds(5)
    static let longestPause = Duration.seconds(60)

    /// What a request names as known.
    private(set) var tag: String?
    /// How long to wait before the next question.
    private(set) var pause: Duration

    private let interval: Duration
    /// What the URL said last that counted. An operator may have announced something else since: only another answer changes that.
    private var settled: String?
    private var seen: (version: String, since: Duration)?
    private var failures = 0

    /// - Parameter settled: the release as the server knows it at its start.
    init(settled: String?, interval: Duration = Self.interval) {
        self.settled = settled
        self.interval = interval
        pause = interval
    }

    mutating func take(_ answer: Answer, at now: Duration) -> [Action] {
        switch answer {
        case .failed(let reason): return fail(reason)
        case .version(let version, let tag):
            self.tag = tag
            return recovery() + note(version, at: now)
        case .unchanged: return recovery() + ((seen?.version ?? settled).map { note($0, at: now) } ?? [])
        }
    }

    private mutating func note(_ version: String, at now: Duration) -> [Action] {
        if version == settled {
            seen = nil
            return []
        }
        guard let seen, seen.version == version else {
            seen = (version, now)
            return []
        }
        guard now - seen.since >= interval else { return [] }
        settled = version
        self.seen = nil
        return [.announce(version)]
    }

    private mutating func fail(_ reason: String) -> [Action] {
        // What was seen before a fault has to be seen twice again, and is asked for as a whole.
        seen = nil
        tag = nil
        failures += 1
        pause = min(interval * (1 << min(failures, 10)), Self.longestPause)
        return failures == 1 ? [.warn(reason)] : []
    }

    private mutating func recovery() -> [Action] {
        pause = interval
        defer { failures = 0 }
        return failures > 0 ? [.recovered] : []
    }
}
