internal import Presence
internal import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

/// Answers where the rollout stands: at once, or when what somebody waits for has held for long enough; and what was before.
///
/// It looks twice a second: what comes and goes in between is not seen. Each question is a task of its own while it lasts.
final class RolloutGate: Sendable {
    /// One request.
    struct Question: Sendable {
        var tracker: Int
        var socket: SocketID
        var kind: Kind

        /// The rule of a question that has to wait.
        var rule: RolloutRule? {
            if case .rollout(_, let rule) = kind { rule } else { nil }
        }
    }

    enum Kind: Sendable {
        /// Where the rollout stands, for a reader of this scope; without a rule it is answered at once.
        case rollout(StatisticsScope, RolloutRule?)
        /// What was, as JSON or as CSV.
        case history(HistoryQuery, isCSV: Bool)
    }

    /// Requests that may wait at one time.
    static let limit = 64
    private static let lookInterval = Duration.milliseconds(500)
    /// Proxies cut a connection that is silent for 30 s or longer.
    private let blankInterval: Duration

    private let questions: AsyncStream<Question>
    private let input: AsyncStream<Question>.Continuation
    private let waiting = Atomic<Int>(0)

    init(blankInterval: Duration = .seconds(15)) {
        self.blankInterval = blankInterval
        (questions, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(256))
    }

    /// Takes a question. Any thread.
    /// - Returns: false where too many wait already.
    func ask(_ question: Question) -> Bool {
        if question.rule != nil {
            guard waiting.add(1, ordering: .relaxed).newValue <= Self.limit else {
                waiting.subtract(1, ordering: .relaxed)
                return false
            }
        }
        guard case .enqueued = input.yield(question) else {
            if question.rule != nil { waiting.subtract(1, ordering: .relaxed) }
            return false
        }
        return true
    }

    /// How many wait.
    var waitingCount: Int { waiting.load(ordering: .relaxed) }

    /// Answers until its task is cancelled.
    func run(_ board: RolloutBoard) async {
        await withDiscardingTaskGroup { group in
            for await question in questions {
                group.addTask {
                    await self.answer(question, board)
                    if question.rule != nil { self.waiting.subtract(1, ordering: .relaxed) }
                }
            }
            group.cancelAll()
        }
    }

    private func answer(_ question: Question, _ board: RolloutBoard) async {
        guard let tracker = board.shared.tracker(question.tracker) else { return }
        switch question.kind {
        case .history(let query, let isCSV):
            return await tracker.respond(await board.history(query, isCSV: isCSV), to: question.socket)
        case .rollout(let scope, nil):
            return await tracker.respond(.json(200, await board.report(for: scope).encoded), to: question.socket)
        case .rollout(let scope, let rule?): return await wait(rule, scope, question.socket, tracker, board)
        }
    }

    private func wait(
        _ rule: RolloutRule, _ scope: StatisticsScope, _ socket: SocketID, _ tracker: ConnectionTracker, _ board: RolloutBoard
    ) async {
        var rule = rule
        var nextBlank = MonotonicTime.now + blankInterval
        while !Task.isCancelled, await tracker.isWaiting(socket) {
            let view = await board.view
            let now = MonotonicTime.now
            switch rule.look(view, at: now) {
            case .wait(let until):
                if now >= nextBlank {
                    nextBlank += blankInterval
                    guard await tracker.keepWaiting(socket) else { return }
                }
                try? await Task.sleep(for: min(Self.lookInterval, max(.milliseconds(1), until - now)))
            case .reached, .timedOut:
                var report = await board.report(for: scope)
                report.reached = rule.holdsSince.map { now - $0 >= rule.holdFor } ?? false
                let status = report.reached == true ? 200 : 504
                return await tracker.respond(.json(status, report.encoded), to: socket)
            }
        }
    }
}
