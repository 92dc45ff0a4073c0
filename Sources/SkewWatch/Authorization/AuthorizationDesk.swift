internal import Synchronization

/// Puts subscriptions that no token settles to the embedding program, a bounded number at a time.
final class AuthorizationDesk: Sendable {
    /// Questions that wait; further ones are denied.
    static let maxWaiting = 10_000
    /// Questions that are with the program at once.
    static let maxAtOnce = 64

    struct Case: Sendable {
        var request: StatsRequest
        /// Told the verdict on the tracker.
        var tracker: ConnectionTracker
        var subscription: PendingSubscription
    }

    private let hook: @Sendable (StatsRequest) async -> Void
    private let cases: AsyncStream<Case>
    private let input: AsyncStream<Case>.Continuation

    init(hook: @escaping @Sendable (StatsRequest) async -> Void) {
        self.hook = hook
        (cases, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.maxWaiting))
    }

    /// Takes a case without waiting; any thread.
    /// - Returns: false when too many wait.
    func submit(_ item: Case) -> Bool {
        if case .enqueued = input.yield(item) { return true }
        return false
    }

    /// Works until its task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await item in cases {
                if running == Self.maxAtOnce {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { await self.judge(item) }
            }
            group.cancelAll()
        }
    }

    private func judge(_ item: Case) async {
        await hook(item.request)
        await item.tracker.settle(item.subscription, scope: item.request.grantedScope)
    }
}
