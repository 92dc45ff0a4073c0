internal import HTTPCall
internal import SkewProtocol

/// What the session wants done. Attempts are numbered, so that what comes late from one that was given up is passed over.
enum WatchAction: Equatable {
    /// Open the stream of events.
    case connect(attempt: Int)
    /// Ask for statistics in mode delta, on the stream with that handle.
    case subscribe(handle: String, attempt: Int)
    /// There are other numbers than before.
    case show
    /// Close the stream of that attempt; there will be another.
    case leave(attempt: Int, reason: String)
    /// Nothing more to do: say why, and end.
    case fail(sentence: String)
}

/// The rules of watching: connect, subscribe, follow the deltas, come back after a loss. Handed the time; no sockets, no clock.
struct WatchSession {
    enum State: Equatable {
        case waiting(until: Duration)
        /// Until there are statistics, or the deadline.
        case connecting(deadline: Duration)
        /// There are statistics, and they are current.
        case live
    }

    /// How long a connection may take to bring its first statistics.
    static let patience = Duration.seconds(15)

    private(set) var state = State.waiting(until: .zero)
    /// The newest numbers; nil until the first came.
    private(set) var statistics: LiveStatistics?
    /// The release that the server last told of.
    private(set) var release: String?
    /// Whether the newest numbers are those of a whole `stats`, counted when it was sent.
    private(set) var isWhole = false
    private let hasToken: Bool
    private var attempt = 0
    private var handle: String?
    private var reader = EventStreamReader()
    private var backoff = Backoff()

    init(hasToken: Bool) { self.hasToken = hasToken }

    /// Some time has passed: connects when the wait is over, gives an attempt up that takes too long.
    mutating func tick(at now: Duration, using random: inout some RandomNumberGenerator) -> [WatchAction] {
        switch state {
        case .waiting(let until) where until <= now:
            attempt += 1
            (handle, reader) = (nil, EventStreamReader())
            state = .connecting(deadline: now + Self.patience)
            return [.connect(attempt: attempt)]
        case .connecting(let deadline) where deadline <= now:
            return lose("no statistics came in time", at: now, using: &random)
        default:
            return []
        }
    }

    /// Bytes of the stream.
    mutating func take(
        _ bytes: [UInt8], of attempt: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> [WatchAction] {
        guard isCurrent(attempt) else { return [] }
        guard let events = reader.take(bytes) else { return lose("it sends too much at once", at: now, using: &random) }
        var actions: [WatchAction] = []
        for event in events {
            guard let message = JSONValue(event.span) else {
                return actions + lose("it sends no messages of SkewWatch", at: now, using: &random)
            }
            actions += take(message, at: now)
        }
        return actions
    }

    private mutating func take(_ message: JSONValue, at now: Duration) -> [WatchAction] {
        switch message["type"]?.text {
        case "connected":
            release = message["version"]?.text ?? release
            guard let handle = message["connectionId"]?.text else { return [] }
            self.handle = handle
            return [.subscribe(handle: handle, attempt: attempt)]
        case "version":
            release = message["version"]?.text ?? release
            return state == .live ? [.show] : []
        case "stats":
            guard let statistics = LiveStatistics(message) else { return askAgain(at: now) }
            self.statistics = statistics
            isWhole = true
            state = .live
            backoff.reset()
            return [.show]
        case "stats-delta":
            // Between a gap and the statistics that were asked for, deltas say nothing.
            guard state == .live else { return [] }
            isWhole = false
            return statistics?.apply(message) == true ? [.show] : askAgain(at: now)
        case "stats-unauthorized":
            return [.fail(sentence: Self.denial(hasToken: hasToken))]
        default:
            return []
        }
    }

    private mutating func askAgain(at now: Duration) -> [WatchAction] {
        state = .connecting(deadline: now + Self.patience)
        return handle.map { [.subscribe(handle: $0, attempt: attempt)] } ?? []
    }

    /// The stream is over, for whatever reason.
    mutating func streamEnded(
        _ result: Result<HTTPAnswer, HTTPFault>, of attempt: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> [WatchAction] {
        guard isCurrent(attempt) else { return [] }
        switch result {
        case .success(let answer) where answer.status == 200:
            let isStream = answer.contentType?.hasPrefix("text/event-stream") == true
            return lose(isStream ? "it ended the stream" : "it is no SkewWatch, or another base path", at: now, using: &random)
        case .success(let answer): return lose("it answered \(AnswerText.describe(answer))", at: now, using: &random)
        case .failure(let fault): return lose(fault.reason, at: now, using: &random)
        }
    }

    /// The request to subscribe was answered; what it leads to comes on the stream.
    mutating func subscriptionAnswered(
        _ result: Result<HTTPAnswer, HTTPFault>, of attempt: Int, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> [WatchAction] {
        guard isCurrent(attempt) else { return [] }
        switch result {
        case .success(let answer) where answer.status == 200: return []
        case .success(let answer): return lose("it answered \(AnswerText.describe(answer))", at: now, using: &random)
        case .failure(let fault): return lose(fault.reason, at: now, using: &random)
        }
    }

    private func isCurrent(_ attempt: Int) -> Bool {
        if case .waiting = state { return false }
        return attempt == self.attempt
    }

    /// Who has never seen statistics has probably mistyped something and is told at once; later it is a matter of time.
    private mutating func lose(_ reason: String, at now: Duration, using random: inout some RandomNumberGenerator) -> [WatchAction] {
        guard statistics != nil else { return [.fail(sentence: reason)] }
        state = .waiting(until: now + backoff.next(using: &random))
        return [.leave(attempt: attempt, reason: reason)]
    }

    private static func denial(hasToken: Bool) -> String {
        hasToken
            ? "the statistics are denied to this token"
            : "the statistics are denied without a token; name its file with --token-file, or set SKEWWATCH_STATS_TOKEN"
    }
}
