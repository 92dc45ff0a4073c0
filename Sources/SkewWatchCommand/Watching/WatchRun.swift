internal import HTTPCall
internal import SkewProtocol
internal import SkewWatch

/// Carries out what the session decides, until it is interrupted or must fail.
struct WatchRun: ~Copyable {
    private enum Event: Sendable {
        case part([UInt8], attempt: Int)
        case streamEnded(Result<HTTPAnswer, HTTPFault>, attempt: Int)
        case subscriptionAnswered(Result<HTTPAnswer, HTTPFault>, attempt: Int)
        case recordAnswered(Result<HTTPAnswer, HTTPFault>)
        case tick
        case resized
        case interrupted
    }

    /// Twice the server's keepalive, and some.
    static let silence = Duration.seconds(75)
    private static let tick = Duration.milliseconds(250)
    /// Two hundred versions over an hour and a day, with room.
    private static let maxRecordBytes = 16 << 20

    private let access: ServerAccess
    private let isOnce: Bool
    /// Whether the server's record of the last hour and day was asked for, and came or did not.
    private var record = Record.unasked
    private enum Record { case unasked, asked, answered }
    private var session: WatchSession
    private var output: WatchOutput
    private var caller = HTTPCaller()
    private var random = SystemRandomNumberGenerator()
    private var lost: String?
    private let events: AsyncStream<Event>
    private let inbox: AsyncStream<Event>.Continuation

    init(_ access: ServerAccess, form: consuming WatchOutput.Form, isOnce: Bool, filter: LineFilter) {
        self.access = access
        self.isOnce = isOnce
        session = WatchSession(hasToken: access.token != nil)
        output = WatchOutput(url: access.url, form: form, filter: filter)
        (events, inbox) = AsyncStream.makeStream()
    }

    /// Watches.
    /// - Returns: why it cannot; nil when it was interrupted, or nobody reads any more.
    mutating func run() async -> String? {
        let inbox = inbox
        SignalWatch.start(
            onEnd: { _ in inbox.yield(.interrupted) }, onHangUp: { inbox.yield(.interrupted) }, onResize: { inbox.yield(.resized) })
        inbox.yield(.tick)
        // A child of this call: it ends with it.
        async let _ = Self.tick(into: inbox)
        defer { caller.end() }
        for await event in events {
            if case .interrupted = event { return nil }
            switch take(event) {
            case .goesOn: continue
            case .ended: return nil
            case .failed(let sentence): return sentence
            }
        }
        return nil
    }

    private static func tick(into inbox: AsyncStream<Event>.Continuation) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.tick)
            inbox.yield(.tick)
        }
    }

    private enum Outcome {
        case goesOn
        case ended
        case failed(String)
    }

    private mutating func take(_ event: Event) -> Outcome {
        let now = MonotonicTime.now
        let actions: [WatchAction]
        switch event {
        case .part(let bytes, let attempt): actions = session.take(bytes, of: attempt, at: now, using: &random)
        case .streamEnded(let result, let attempt): actions = session.streamEnded(result, of: attempt, at: now, using: &random)
        case .subscriptionAnswered(let result, let attempt):
            actions = session.subscriptionAnswered(result, of: attempt, at: now, using: &random)
        case .recordAnswered(let result): return takeRecord(result, at: now)
        case .tick: actions = session.tick(at: now, using: &random)
        case .resized: return output.resized(session, lost: lost) ? .goesOn : .ended
        case .interrupted: return .ended
        }
        for action in actions {
            let outcome = perform(action, at: now)
            if case .goesOn = outcome { continue }
            return outcome
        }
        if case .tick = event, isReady, !output.tick(session, lost: lost, at: now) { return .ended }
        return .goesOn
    }

    private mutating func perform(_ action: WatchAction, at now: Duration) -> Outcome {
        switch action {
        case .connect(let attempt): connect(attempt)
        case .subscribe(let handle, let attempt): subscribe(handle, attempt)
        case .show:
            lost = nil
            if record == .unasked { askForRecord() }
            guard isReady else {
                output.hear(session)
                return .goesOn
            }
            guard output.show(session, at: now), !isOnce else { return .ended }
        case .leave(_, let reason):
            caller.end()
            if lost == nil { output.tellLoss(reason) }
            lost = reason
        case .fail(let sentence): return .failed(sentence)
        }
        return .goesOn
    }

    /// The record of the last hour and day: whoever may see statistics may see it. Without it the state grows from what is seen.
    private mutating func askForRecord() {
        record = .asked
        let headers = access.token.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
        var request = access.request("/admin/history", headers: headers, timeout: .seconds(10))
        request.maxAnswerBytes = Self.maxRecordBytes
        let inbox = inbox
        caller.start(request) { inbox.yield(.recordAnswered($0)) }
    }

    private mutating func takeRecord(_ result: Result<HTTPAnswer, HTTPFault>, at now: Duration) -> Outcome {
        record = .answered
        if case .success(let answer) = result, answer.status == 200, let value = JSONValue(answer.body.span) { output.take(record: value) }
        guard session.statistics != nil, !output.isPage else { return .goesOn }
        return output.show(session, at: now) && !isOnce ? .goesOn : .ended
    }

    /// A line that is printed stays, so it waits for the record, by which the state is judged; a page is drawn again.
    private var isReady: Bool { output.isPage || record == .answered }

    private mutating func connect(_ attempt: Int) {
        caller = HTTPCaller(caFile: access.caFile)
        let inbox = inbox
        caller.stream(
            access.observing, silence: Self.silence, onPart: { inbox.yield(.part($0, attempt: attempt)) },
            onEnd: { inbox.yield(.streamEnded($0, attempt: attempt)) })
    }

    private func subscribe(_ handle: String, _ attempt: Int) {
        let inbox = inbox
        caller.start(access.subscription(of: handle)) { inbox.yield(.subscriptionAnswered($0, attempt: attempt)) }
    }
}
