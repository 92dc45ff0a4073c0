internal import Presence
internal import SkewCluster
internal import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

/// Answers operators whatever needs more than one loop: where the rollout stands, at once or when what somebody waits for has held for
/// long enough; what was before; and what becomes of announcements.
///
/// A wait looks twice a second: what comes and goes in between is not seen. Each question is a task of its own while it lasts; what nobody
/// waits for is done one after the other, in the order it was asked: another node's announcement begins before it is stopped.
final class RolloutGate: Sendable {
    /// One request, and who waits for the answer; nil where nobody does.
    struct Question: Sendable {
        var asker: (tracker: Int, socket: SocketID)?
        var kind: Kind

        init(tracker: Int, socket: SocketID, kind: Kind) { (asker, self.kind) = ((tracker, socket), kind) }

        init(nobodyWaitsFor kind: Kind) { (asker, self.kind) = (nil, kind) }

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
        /// An announcement begins, and by whom.
        case announce(Announcement, by: String?)
        /// One begins that has its number already: another node's, or the program's.
        case carryOut(AnnouncementOrder, id: Int)
        /// Another node changed one.
        case follow(OrderControl, of: Int)
        /// This node's part of the pace is another one.
        case repace(Int)
        /// What became of announcements.
        case announcements
        /// Somebody stops one, or gives it another pace.
        case stopAnnouncing(Int, by: String?)
        case setRate(Int?, of: Int, by: String?)
    }

    /// Requests that may wait at one time.
    static let limit = 64
    private static let lookInterval = Duration.milliseconds(500)
    /// Proxies cut a connection that is silent for 30 s or longer.
    private let blankInterval: Duration

    private let questions: AsyncStream<Question>
    private let input: AsyncStream<Question>.Continuation
    /// What nobody waits for.
    private let orders: AsyncStream<Question>
    private let orderInput: AsyncStream<Question>.Continuation
    private let waiting = Atomic<Int>(0)

    init(blankInterval: Duration = .seconds(15)) {
        self.blankInterval = blankInterval
        (questions, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(256))
        (orders, orderInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(256))
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
        guard case .enqueued = (question.asker == nil ? orderInput : input).yield(question) else {
            if question.rule != nil { waiting.subtract(1, ordering: .relaxed) }
            return false
        }
        return true
    }

    /// Answers until its task is cancelled.
    func run(_ board: RolloutBoard) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await order in self.orders { await self.answer(order, board) }
            }
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
        let response: HTTPResponse?
        switch question.kind {
        case .announce(let announcement, let by): response = await board.announcer.announce(announcement, by: by)
        case .carryOut(let order, let id): response = await board.announcer.carryOut(order, id)
        case .follow(let control, let id): response = await board.announcer.follow(control, id)
        case .repace(let id): response = await board.announcer.repace(id)
        case .announcements: response = board.announcer.state
        case .stopAnnouncing(let id, let by): response = await board.announcer.stop(id, by: by)
        case .setRate(let rate, let id, let by): response = await board.announcer.setRate(rate, of: id, by: by)
        case .history(let query, let isCSV): response = await board.history(query, isCSV: isCSV)
        case .rollout(let scope, nil): response = .json(200, await board.report(for: scope).encoded)
        case .rollout(let scope, let rule?): response = await wait(rule, scope, question, board)
        }
        guard let response, let asker = question.asker else { return }
        await board.shared.tracker(asker.tracker)?.respond(response, to: asker.socket)
    }

    /// - Returns: nil where nobody waits any more.
    private func wait(_ rule: RolloutRule, _ scope: StatisticsScope, _ question: Question, _ board: RolloutBoard) async -> HTTPResponse? {
        guard let (index, socket) = question.asker, let tracker = board.shared.tracker(index) else { return nil }
        var rule = rule
        var nextBlank = MonotonicTime.now + blankInterval
        while !Task.isCancelled, await tracker.isWaiting(socket) {
            let view = await board.view
            let now = MonotonicTime.now
            switch rule.look(view, at: now) {
            case .wait(let until):
                if now >= nextBlank {
                    nextBlank += blankInterval
                    guard await tracker.keepWaiting(socket) else { return nil }
                }
                try? await Task.sleep(for: min(Self.lookInterval, max(.milliseconds(1), until - now)))
            case .reached, .timedOut:
                var report = await board.report(for: scope)
                report.reached = rule.holdsSince.map { now - $0 >= rule.holdFor } ?? false
                return .json(report.reached == true ? 200 : 504, report.encoded)
            }
        }
        return nil
    }
}
