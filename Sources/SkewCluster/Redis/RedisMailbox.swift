internal import Glibc
internal import Synchronization

/// What others hand to the thread of a bus, and how they wake it. Any thread.
final class RedisMailbox: Sendable {
    struct Orders {
        var parts: [(channel: BusChannel, part: [UInt8])] = []
        /// Where to listen besides; nil where that did not change.
        var channels: Set<BusChannel>?
        var isToReconnect = false
        var isOverfull = false
    }

    private struct State {
        var orders = Orders()
        var bytes = 0
        var isLinked = false
        var isClosing = false
        var hasEnded = false
        var onEnd: [CheckedContinuation<Void, Never>] = []
    }

    private static let maxBytes = 4 << 20

    private let state = Mutex(State())
    /// The pipe that wakes the thread: the end to wait on, and the end to write to.
    let wakeDescriptor: Int32
    private let wakeInput: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        let isMade = unsafe pipe(&ends) == 0
        precondition(isMade, "a bus needs two file descriptors")
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (wakeDescriptor, wakeInput) = (ends[0], ends[1])
    }

    deinit {
        Glibc.close(wakeDescriptor)
        Glibc.close(wakeInput)
    }

    private func wake() { _ = unsafe write(wakeInput, [1], 1) }

    /// Forgets that it was woken.
    func rest() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while unsafe read(wakeDescriptor, &bytes, bytes.count) > 0 {}
    }

    // MARK: Others

    func publish(_ parts: [[UInt8]], on channel: BusChannel) {
        state.withLock { state in
            guard state.isLinked, !state.isClosing else { return }
            let size = parts.reduce(0) { $0 + $1.count }
            guard state.bytes + size <= Self.maxBytes else {
                state.orders.isOverfull = true
                return
            }
            state.bytes += size
            state.orders.parts += parts.map { (channel, $0) }
        }
        wake()
    }

    func listen(to channels: Set<BusChannel>) {
        state.withLock { $0.orders.channels = channels }
        wake()
    }

    func reconnect() {
        state.withLock { $0.orders.isToReconnect = $0.isLinked }
        wake()
    }

    func close() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                state.isClosing = true
                // Who has no connection has nothing to finish, and may be dialling for seconds.
                if state.hasEnded || !state.isLinked { return true }
                state.onEnd.append(continuation)
                return false
            }
            wake()
            if isOver { continuation.resume() }
        }
    }

    // MARK: The thread

    var isClosing: Bool { state.withLock { $0.isClosing } }

    func take() -> Orders {
        state.withLock { state in
            defer { (state.orders, state.bytes) = (Orders(), 0) }
            return state.orders
        }
    }

    /// From now on what is said is taken, or no longer. What was said before is void.
    func setLinked(_ isLinked: Bool) {
        let waiters = state.withLock { state in
            state.isLinked = isLinked
            (state.orders.parts, state.bytes, state.orders.isToReconnect, state.orders.isOverfull) = ([], 0, false, false)
            defer { if !isLinked { state.onEnd = [] } }
            return isLinked ? [] : state.onEnd
        }
        for waiter in waiters { waiter.resume() }
    }

    func end() {
        state.withLock { $0.hasEnded = true }
        setLinked(false)
    }
}
