internal import Synchronization

/// Where settings that were read again wait to be put in force: the newest ones replace those that still wait, so that no older
/// ones can follow them.
///
/// One reader; any number of senders, on any thread.
final class ReloadMailbox: Sendable {
    /// Settings with their place in the order of sending.
    struct Letter: Sendable {
        let number: Int
        let configuration: Configuration
    }

    private struct State {
        var sent = 0
        /// Everything up to this number is in force, or was replaced before it could be.
        var settled = 0
        var isClosed = false
        var waiters: [(number: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// Ends when the mailbox is closed or the reader's task is cancelled.
    let letters: AsyncStream<Letter>
    private let input: AsyncStream<Letter>.Continuation
    private let state = Mutex(State())

    init() {
        (letters, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes settings without waiting.
    /// - Returns: their number, for ``waitUntilSettled(_:)``.
    @discardableResult
    func send(_ configuration: Configuration) -> Int {
        // Numbered and put in under one lock: two senders must not swap between the two.
        state.withLock { state in
            state.sent += 1
            input.yield(Letter(number: state.sent, configuration: configuration))
            return state.sent
        }
    }

    /// These settings are in force.
    func settle(_ letter: Letter) {
        resumeWaiters { state in state.settled = max(state.settled, letter.number) }
    }

    /// Waits until the settings with this number, or newer ones, are in force, or nobody will put them in force any more.
    func waitUntilSettled(_ number: Int) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.isClosed || state.settled >= number { return true }
                state.waiters.append((number, continuation))
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Nobody reads any more.
    func close() {
        input.finish()
        resumeWaiters { state in state.isClosed = true }
    }

    private func resumeWaiters(after change: (inout State) -> Void) {
        let over = state.withLock { state in
            change(&state)
            let over = state.waiters.filter { state.isClosed || $0.number <= state.settled }
            state.waiters.removeAll { state.isClosed || $0.number <= state.settled }
            return over
        }
        for waiter in over { waiter.continuation.resume() }
    }
}
