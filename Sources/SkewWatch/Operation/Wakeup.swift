internal import Synchronization

/// Lets one task wait until it is woken or a time has come. A wake-up that nobody waits for is kept for the next wait.
final class Wakeup: Sendable {
    private struct State {
        var isSignaled = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Any thread.
    func signal() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.isSignaled = true }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when there was a signal since the last call, and at the latest at this time; nil for no bound. One caller at a time.
    func wait(until time: Duration?) async {
        guard let time else { return await wait() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let isOver = (try? await Task.sleep(for: max(.zero, time - MonotonicTime.now), tolerance: .zero)) != nil
                if isOver { self.signal() }
            }
            await wait()
            group.cancelAll()
        }
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let isSignaled = state.withLock { state in
                defer { state.isSignaled = false }
                if !state.isSignaled { state.waiter = continuation }
                return state.isSignaled
            }
            if isSignaled { continuation.resume() }
        }
    }
}
