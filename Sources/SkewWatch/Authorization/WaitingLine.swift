internal import Synchronization

/// Where requests wait to be decided, and who decides them: as many at once as its ``FairLine`` lets.
final class WaitingLine: Sendable {
    private struct State {
        var line: FairLine<AddressHash, PendingDecision>
        var lately = RecentlySeen<String>()
    }

    private let state: Mutex<State>
    /// Something may have to be done.
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(_ limits: FairLine<AddressHash, PendingDecision>.Limits) {
        state = Mutex(State(line: FairLine(limits: limits)))
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a request without waiting; any thread. Where there is no place it, or another one of its address, is postponed.
    func add(_ request: PendingDecision, now: Duration) {
        let outcome = state.withLock { state in
            let isNew = state.lately.insert(request.asker, now: now)
            let rank: FairLine<AddressHash, PendingDecision>.Rank =
                switch request.standing {
                case .watching: .renewal
                case .newcomer: isNew ? .first : .again
                case .denied: .again
                }
            return state.line.add(request, rank, key: request.address)
        }
        switch outcome {
        case .waits: break
        case .replaces(let other): other.reply(.postponed)
        case .full: return request.reply(.postponed)
        }
        wake.yield()
    }

    /// How many wait.
    var count: Int { state.withLock { $0.line.waiting } }

    /// Decides until its task is cancelled.
    func run(_ decide: @escaping @Sendable (PendingDecision) async -> Void) async {
        await withDiscardingTaskGroup { group in
            for await _ in wakes {
                while let (request, rank, key) = state.withLock({ $0.line.next() }) {
                    group.addTask {
                        await decide(request)
                        self.state.withLock { $0.line.finish(rank, key: key) }
                        self.wake.yield()
                    }
                }
            }
            group.cancelAll()
        }
    }
}
