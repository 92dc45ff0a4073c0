internal import Cryptography
internal import Synchronization

/// Verdicts of a few seconds by the digest of credentials, each asked for once, however many wait for it.
final class VerdictCache: Sendable {
    struct Entry: Sendable {
        var verdict: Decision
        var until: Duration
    }

    /// Credentials that are remembered; those of a flood beyond that are asked for each time.
    static let maxEntries = 10_000

    private enum Step {
        case known(Decision)
        /// The caller is the one to ask.
        case ask(question: Int)
    }

    private typealias Waiter = CheckedContinuation<Step, Never>

    private struct State {
        var entries: [SHA256Digest: Entry] = [:]
        /// The question that is out for some credentials, by number.
        var questions: [SHA256Digest: Int] = [:]
        var waiters: [Int: [Waiter]] = [:]
        var nextQuestion = 0
    }

    private let state = Mutex(State())

    /// The verdict that is known, or that somebody else is asking for now, or that `ask` brings.
    func verdict(for key: SHA256Digest, clock: @Sendable () -> Duration, ask: () async -> Entry) async -> Decision {
        switch await step(for: key, now: clock()) {
        case .known(let verdict): return verdict
        case .ask(let question): return finish(key, question, await ask(), now: clock())
        }
    }

    /// The verdict that is known now.
    func known(for key: SHA256Digest, now: Duration) -> Decision? {
        state.withLock { state in state.entries[key].flatMap { $0.until > now ? $0.verdict : nil } }
    }

    /// Drops what is known. What is being asked is told to those who wait for it and to nobody else.
    func forget() {
        state.withLock { state in
            state.entries = [:]
            state.questions = [:]
        }
    }

    private func step(for key: SHA256Digest, now: Duration) async -> Step {
        await withCheckedContinuation { waiter in
            let step: Step? = state.withLock { state in
                if let entry = state.entries[key], entry.until > now { return .known(entry.verdict) }
                if let question = state.questions[key] {
                    state.waiters[question, default: []].append(waiter)
                    return nil
                }
                defer { state.nextQuestion += 1 }
                state.questions[key] = state.nextQuestion
                return .ask(question: state.nextQuestion)
            }
            if let step { waiter.resume(returning: step) }
        }
    }

    private func finish(_ key: SHA256Digest, _ question: Int, _ entry: Entry, now: Duration) -> Decision {
        let waiters = state.withLock { state in
            if state.questions[key] == question {
                state.questions[key] = nil
                if state.entries.count >= Self.maxEntries { state.entries = state.entries.filter { $0.value.until > now } }
                if state.entries.count < Self.maxEntries { state.entries[key] = entry }
            }
            return state.waiters.removeValue(forKey: question) ?? []
        }
        for waiter in waiters { waiter.resume(returning: .known(entry.verdict)) }
        return entry.verdict
    }
}
