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
        var unspoken = UnspokenMessages()
        var receiver: WebhookReceiver
        var delivered = 0
        var failed = 0
        /// What was last written to disk.
        var saved: WebhookMemory?

        var memory: WebhookMemory { WebhookMemory(events.memory, waiting: queue.waiting) }
        /// Whether there is something to write down, or to send.
        var hasNews: Bool { saved?.events != events.memory || saved?.waiting.count != queue.waiting.count }
    }

    /// A receiver that is changed while messages wait for their time is tried within this time.
    private static let longestSleep = Duration.seconds(1)

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
        (self.keeper, self.logger, self.isSpeaker) = (keeper, logger, isSpeaker)
        let memory = past.flatMap { WebhookMemory(text: $0) }
        state = Mutex(
            State(
                events: RolloutEvents(memory: memory?.events, previews: previews),
                queue: WebhookQueue(waiting: memory?.waiting ?? [], firstPause: firstPause), receiver: receiver, saved: memory))
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
            let before = state.events.memory.release?.version
            let events = state.events.look(view, announcedAt: announcedAt, at: now)
            let old = state.events.old(in: view)
            let messages = events.map { WebhookMessage($0, in: view, before: before, old: old, moment: moment) }
            for message in state.unspoken.take(messages, speaks: speaks, at: now) { state.queue.add(message) }
            return state.hasNews
        }
        if hasNews { signal.yield() }
    }

    /// Messages go to another receiver from now on. Any thread.
    func change(_ receiver: WebhookReceiver) {
        state.withLock { state in
            state.receiver = receiver
            state.queue.retry()
        }
    }

    /// Sends what waits until its task is cancelled.
    func run() async {
        var wakeups = signals.makeAsyncIterator()
        while !Task.isCancelled {
            let now = MonotonicTime.now
            let action = state.withLock { $0.queue.next(at: now) }
            // Before it is sent: whatever process sends it again does so by the same id.
            await save()
            switch action {
            case .send(let message): await send(message)
            case .wait(let moment): try? await Task.sleep(for: min(moment - now, Self.longestSleep))
            case .rest: _ = await wakeups.next()
            }
        }
        await save()
    }

    private func send(_ message: WebhookMessage) async {
        let receiver = state.withLock { $0.receiver }
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
    }

    /// Writes down what was decided and what still waits. A process that is killed behind this goes on there; one that was killed before
    /// decides anew.
    private func save() async {
        let memory = state.withLock { state in
            defer { state.saved = state.memory }
            return state.saved == state.memory ? nil : state.memory
        }
        if let keeper, let memory { await keeper.remember(webhooks: memory.text) }
    }
}
