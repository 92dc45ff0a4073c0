internal import HTTPCall
internal import SkewProtocol
internal import SkewWatch

/// Carries out what the session decides, until it is interrupted or must fail.
struct WatchRun: ~Copyable {
    private enum Event: Sendable {
        case part([UInt8], attempt: Int)
        case streamEnded(Result<HTTPAnswer, HTTPFault>, attempt: Int)
        case subscriptionAnswered(Result<HTTPAnswer, HTTPFault>, attempt: Int)
        case tick
        case resized
        case interrupted
    }

    /// Twice the server's keepalive, and some.
    static let silence = Duration.seconds(75)
    private static let tick = Duration.milliseconds(250)

    private let access: ServerAccess
    private let isOnce: Bool
    private var session: WatchSession
    private var output: WatchOutput
    private var caller = HTTPCaller()
    private var random = SystemRandomNumberGenerator()
    private var lost: String?
    private let events: AsyncStream<Event>
    private let inbox: AsyncStream<Event>.Continuation

    init(_ access: ServerAccess, form: consuming WatchOutput.Form, isOnce: Bool) {
        self.access = access
        self.isOnce = isOnce
        session = WatchSession(hasToken: access.token != nil)
        output = WatchOutput(url: access.url, form: form)
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
        case .tick: actions = session.tick(at: now, using: &random)
        case .resized: return output.resized(session, lost: lost) ? .goesOn : .ended
        case .interrupted: return .ended
        }
        for action in actions {
            let outcome = perform(action)
            if case .goesOn = outcome { continue }
            return outcome
        }
        if case .tick = event, !output.tick(session, lost: lost, at: now) { return .ended }
        return .goesOn
    }

    private mutating func perform(_ action: WatchAction) -> Outcome {
        switch action {
        case .connect(let attempt): connect(attempt)
        case .subscribe(let handle, let attempt): subscribe(handle, attempt)
        case .show:
            lost = nil
            guard output.show(session), !isOnce else { return .ended }
        case .leave(_, let reason):
            caller.end()
            if lost == nil { output.tellLoss(reason) }
            lost = reason
        case .fail(let sentence): return .failed(sentence)
        }
        return .goesOn
    }

    private mutating func connect(_ attempt: Int) {
        caller = HTTPCaller(caFile: access.caFile)
        let inbox = inbox
        let request = access.request("/sse?observer=1", headers: [("Accept", "text/event-stream")], timeout: .seconds(10))
        caller.stream(
            request, silence: Self.silence, onPart: { inbox.yield(.part($0, attempt: attempt)) },
            onEnd: { inbox.yield(.streamEnded($0, attempt: attempt)) })
    }

    private func subscribe(_ handle: String, _ attempt: Int) {
        var members: [String: JSONValue] = ["connectionId": .string(handle), "mode": .string("delta")]
        if let token = access.token { members["token"] = .string(token) }
        let request = access.request("/subscribe-stats", body: JSONValue.object(members).encoded, timeout: .seconds(10))
        let inbox = inbox
        caller.start(request) { inbox.yield(.subscriptionAnswered($0, attempt: attempt)) }
    }
}
