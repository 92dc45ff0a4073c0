internal import Logging
internal import Presence
internal import Synchronization

/// Tells the team's app what happens in a rollout. What is news and what is sent when is decided by values; this carries it out.
///
/// Looks come from whoever samples the fleet and never wait; messages go out one after the other in ``run()``, so a receiver that hangs
/// holds up nothing but them.
final class Webhooks: Sendable {
    private struct State {
        var events: RolloutEvents
        var queue: WebhookQueue
        var delivered = 0
        var failed = 0
        /// What was last written to disk.
        var saved: RolloutEvents.Memory?
    }

    private let receiver: WebhookReceiver
    private let keeper: HistoryOnDisk?
    private let logger: Logger
    /// Whether this node is the one of its cluster that tells.
    private let isSpeaker: @Sendable () -> Bool
    private let state: Mutex<State>
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - past: what an earlier run has told, as it was written down; nil where nobody knows.
    ///   - firstPause: after the first fault of a receiver.
    init(
        _ receiver: WebhookReceiver, previews: [String] = [], past: String? = nil, keeper: HistoryOnDisk? = nil,
        firstPause: Duration = WebhookQueue.firstPause, logger: Logger, isSpeaker: @escaping @Sendable () -> Bool = { true }
    ) {
        (self.receiver, self.keeper, self.logger, self.isSpeaker) = (receiver, keeper, logger, isSpeaker)
        let memory = past.flatMap { RolloutEvents.Memory(text: $0) }
        state = Mutex(
            State(events: RolloutEvents(memory: memory, previews: previews), queue: WebhookQueue(firstPause: firstPause), saved: memory))
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// What the metrics say of it. Any thread.
    var metrics: WebhookMetrics {
        state.withLock { state in
            WebhookMetrics(
                delivered: state.delivered, failed: state.failed, dropped: state.queue.dropped, waiting: state.queue.waiting.count)
        }
    }

    /// Takes in what is known of the fleet now. Any thread; never waits.
    /// - Parameter moment: milliseconds since 1970.
    func look(_ view: RolloutView, announcedAt: Int64?, at now: Duration, moment: Int64) {
        let speaks = isSpeaker()
        let hasNews = state.withLock { state in
            let events = state.events.look(view, announcedAt: announcedAt, at: now)
            guard speaks else { return false }
            let old = state.events.old(in: view)
            for event in events { state.queue.add(WebhookMessage(event, in: view, old: old, moment: moment)) }
            return !events.isEmpty
        }
        if hasNews { signal.yield() }
        save()
    }

    /// Sends what waits until its task is cancelled.
    func run() async {
        var wakeups = signals.makeAsyncIterator()
        while !Task.isCancelled {
            let now = MonotonicTime.now
            switch state.withLock({ $0.queue.next(at: now) }) {
            case .send(let message): await send(message)
            case .wait(let moment): try? await Task.sleep(for: moment - now)
            case .rest: _ = await wakeups.next()
            }
        }
    }

    private func send(_ message: WebhookMessage) async {
        let reason = await receiver.send(message, moment: MonotonicTime.wallClockMilliseconds)
        // The server is ending: the message was neither taken nor refused.
        if Task.isCancelled, reason != nil { return }
        let turn = state.withLock { state in
            if reason == nil { state.delivered += 1 } else { state.failed += 1 }
            return reason == nil ? state.queue.delivered(message.id) : state.queue.failed(at: MonotonicTime.now)
        }
        switch turn {
        case .outage:
            logger.warning(
                "A webhook was not taken; it is tried again, and what follows waits.",
                metadata: ["reason": "\(reason ?? "-")", "event": "\(message.type)", "id": "\(message.id)"])
        case .recovery(let failures):
            logger.info("Webhooks are taken again.", metadata: ["failures": .number(failures)])
        case nil: break
        }
        save()
    }

    /// What was told is written down once nothing waits: a process that is killed before tells it again, rather than never.
    private func save() {
        guard let keeper else { return }
        let text: String? = state.withLock { state in
            guard state.queue.isEmpty, state.saved != state.events.memory else { return nil }
            state.saved = state.events.memory
            return state.events.memory.text
        }
        if let text { keeper.note(webhooks: text) }
    }
}
