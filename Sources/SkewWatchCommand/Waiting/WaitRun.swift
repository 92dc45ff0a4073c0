internal import HTTPCall
internal import Presence
internal import SkewProtocol
internal import SkewWatch

/// Follows a server until a condition has held for long enough, or it is too late. Comes back after a loss, as `watch` does.
struct WaitRun: ~Copyable {
    /// How it ended.
    enum End {
        case reached(WaitCourse)
        case timedOut(WaitCourse)
        /// It never worked.
        case cannotAsk(String)
        /// It worked, and is denied now.
        case deniedLater(String)
        case interrupted
    }

    private enum Event: Sendable {
        case part([UInt8], attempt: Int)
        case streamEnded(Result<HTTPAnswer, HTTPFault>, attempt: Int)
        case subscriptionAnswered(Result<HTTPAnswer, HTTPFault>, attempt: Int)
        case health(Result<HTTPAnswer, HTTPFault>, attempt: Int)
        case tick
        case interrupted
    }

    private static let tick = Duration.milliseconds(250)

    private let access: ServerAccess
    private var session: WatchSession
    private var course: WaitCourse
    private var progress: WaitProgress
    private var log = RolloutLog()
    private var caller = HTTPCaller()
    private var random = SystemRandomNumberGenerator()
    private var handle: (text: String, attempt: Int)?
    private var wasLive = false
    private var sequenceOfWhole: Int?
    private let events: AsyncStream<Event>
    private let inbox: AsyncStream<Event>.Continuation

    init(_ access: ServerAccess, _ condition: RolloutCondition, holdFor: Duration, timeout: Duration) {
        self.access = access
        let now = MonotonicTime.now
        course = WaitCourse(RolloutRule(condition, holdFor: holdFor, timeout: timeout, start: now), start: now)
        session = WatchSession(hasToken: access.token != nil)
        progress = WaitProgress()
        (events, inbox) = AsyncStream.makeStream()
    }

    /// Waits.
    mutating func run() async -> End {
        let inbox = inbox
        SignalWatch.start(onEnd: { _ in inbox.yield(.interrupted) }, onHangUp: { inbox.yield(.interrupted) }, onResize: {})
        inbox.yield(.tick)
        // A child of this call: it ends with it.
        async let _ = Self.tick(into: inbox)
        defer {
            progress.finish()
            caller.end()
        }
        for await event in events {
            if case .interrupted = event { return .interrupted }
            if let end = take(event, at: MonotonicTime.now) { return end }
        }
        return .interrupted
    }

    private static func tick(into inbox: AsyncStream<Event>.Continuation) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.tick)
            inbox.yield(.tick)
        }
    }

    private mutating func take(_ event: Event, at now: Duration) -> End? {
        let actions: [WatchAction]
        switch event {
        case .part(let bytes, let attempt): actions = session.take(bytes, of: attempt, at: now, using: &random)
        case .streamEnded(let result, let attempt): actions = session.streamEnded(result, of: attempt, at: now, using: &random)
        case .subscriptionAnswered(let result, let attempt):
            actions = session.subscriptionAnswered(result, of: attempt, at: now, using: &random)
        case .health(let result, let attempt):
            if attempt == handle?.attempt, case .success(let answer) = result, let uptime = Self.uptime(answer) {
                course.uptime(uptime, at: now)
            }
            actions = []
        case .tick: actions = session.tick(at: now, using: &random)
        case .interrupted: return .interrupted
        }
        for action in actions {
            if let end = perform(action, at: now) { return end }
        }
        switch course.step(at: now) {
        case .wait: break
        case .reached: return .reached(course)
        case .timedOut: return .timedOut(course)
        case .confirm: if let handle { subscribe(handle.text, handle.attempt) }
        }
        progress.show(course, said, at: now)
        return nil
    }

    /// The state of the rollout, in the words of the page and of `watch`.
    private var said: RolloutSentence? {
        guard session.state == .live, let statistics = session.statistics else { return nil }
        let facts = log.facts(at: MonotonicTime.wallClockMilliseconds, isLive: true, versions: statistics.versions)
        return RolloutSentence(onTerminal: facts)
    }

    private mutating func perform(_ action: WatchAction, at now: Duration) -> End? {
        switch action {
        case .connect(let attempt): connect(attempt)
        case .subscribe(let text, let attempt):
            handle = (text, attempt)
            askHealth(attempt)
            subscribe(text, attempt)
        case .show:
            guard let statistics = session.statistics, session.state == .live else { return nil }
            wasLive = true
            let moment = MonotonicTime.wallClockMilliseconds
            log.tell(session.release, at: moment)
            if !statistics.previews.isEmpty { log.previews = statistics.previews }
            log.note(statistics.versions, at: moment)
            course.take(
                statistics.versions, total: statistics.total, release: session.release, partial: statistics.partial,
                returning: statistics.returning, previews: log.previews, isWhole: session.isWhole, at: now)
        case .leave(_, let reason):
            caller.end()
            handle = nil
            course.lost(at: now)
            progress.tell("\(access.url) is away: \(reason); trying again.")
        case .fail(let sentence): return wasLive ? .deniedLater(sentence) : .cannotAsk(sentence)
        }
        return nil
    }

    private mutating func connect(_ attempt: Int) {
        caller = HTTPCaller(caFile: access.caFile)
        let inbox = inbox
        caller.stream(
            access.observing, silence: WatchRun.silence, onPart: { inbox.yield(.part($0, attempt: attempt)) },
            onEnd: { inbox.yield(.streamEnded($0, attempt: attempt)) })
    }

    private func subscribe(_ handle: String, _ attempt: Int) {
        let inbox = inbox
        caller.start(access.subscription(of: handle)) { inbox.yield(.subscriptionAnswered($0, attempt: attempt)) }
    }

    private func askHealth(_ attempt: Int) {
        let inbox = inbox
        caller.start(access.request("/health", timeout: .seconds(10))) { inbox.yield(.health($0, attempt: attempt)) }
    }

    private static func uptime(_ answer: HTTPAnswer) -> Duration? {
        guard answer.status == 200, case .number(let seconds)? = JSONValue(answer.body.span)?["uptime"], seconds >= 0, seconds < 1e10 else {
            return nil
        }
        return .seconds(seconds)
    }
}
