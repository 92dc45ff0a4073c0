import Presence
import SkewProtocol
import TestRandom
import Testing

@testable import SkewWatch
@testable import WebSocketLoop

/// What is delivered to whom, without a socket.
@Suite(.timeLimit(.minutes(1))) struct SubscriptionsTests {
    private static let kind = SubscriptionKind(mode: .delta, scope: .ips)
    private var subscriptions = Subscriptions()

    /// A socket watches; the whole `stats` is not there yet.
    private mutating func admit(_ index: Int = 1, generation: UInt64 = 1) throws -> Subscriber {
        try Self.due(subscriptions.admit(SocketID.of(index, generation), Self.kind))
    }

    private static func due(_ action: Subscriptions.Action?) throws -> Subscriber {
        try #require(action.flatMap { if case .due(let subscriber) = $0 { subscriber } else { nil } })
    }

    @Test mutating func `a subscriber gets a whole stats first, and rounds from then on`() throws {
        let subscriber = try admit()
        #expect(subscriptions.current == [])
        #expect(subscriptions.offer(to: subscriber.id, wholeOf: 10, isBusy: false, at: .zero) == .deliver)
        #expect(subscriptions.current.map(\.id) == [subscriber.id])
        #expect(subscriptions.offer(to: subscriber.id, wholeOf: nil, isBusy: false, at: .zero) == .deliver)
        #expect(subscriptions.drained(1) == nil)
    }

    @Test mutating func `who is too slow gets no round until it has drained, and then a whole stats`() throws {
        let subscriber = try admit()
        _ = subscriptions.offer(to: subscriber.id, wholeOf: 10, isBusy: false, at: .zero)
        #expect(subscriptions.offer(to: subscriber.id, wholeOf: nil, isBusy: true, at: .zero) == .catchUp)
        #expect(subscriptions.current == [])
        #expect(try Self.due(subscriptions.drained(1)).id == subscriber.id)
        #expect(subscriptions.drained(1) == nil)
        #expect(subscriptions.current == [])
    }

    @Test mutating func `an answer for an earlier subscription of the socket is not for the later one`() throws {
        let (first, second) = (try admit(), try admit())
        #expect(subscriptions.offer(to: first.id, wholeOf: 10, isBusy: false, at: .zero) == nil)
        #expect(subscriptions.forget(1) == Self.kind)
        #expect(subscriptions.forget(1) == nil)
        #expect(subscriptions.offer(to: second.id, wholeOf: 10, isBusy: false, at: .zero) == nil)
        let other = try admit(generation: 2)
        #expect(subscriptions.offer(to: other.id, wholeOf: 10, isBusy: false, at: .zero) == .deliver)
    }

    @Test mutating func `asking again is no way round the pace`() throws {
        let first = try admit()
        #expect(first.earliestStatistics == .zero)
        _ = subscriptions.offer(to: first.id, wholeOf: 2 * BroadcastSchedule.listBytesPerSecond, isBusy: false, at: .seconds(5))
        #expect(try admit().earliestStatistics == .seconds(7))
    }

    /// Rounds, answers, full sockets and repeated subscriptions in any order: no subscriber ever gets a change it can't apply.
    @Test func `in every order of events nobody has a gap`() throws {
        for _ in 0..<200 {
            var random = SeededGenerator()
            var subscriptions = Subscriptions()
            /// The state each subscriber has.
            var known: [Subscriber.ID: Int] = [:]
            var (state, due) = (0, Set<Subscriber.ID>())
            for _ in 0..<300 {
                let index = Int.random(in: 0..<3, using: &random)
                switch Int.random(in: 0..<8, using: &random) {
                case 0:
                    let action = subscriptions.admit(SocketID.of(index, 1), Self.kind)
                    if case .due(let subscriber) = action { due.insert(subscriber.id) }
                case 1: _ = subscriptions.forget(index)
                case 2: if case .due(let subscriber) = subscriptions.drained(index) { due.insert(subscriber.id) }
                case 3..<6:
                    for id in due {
                        let isBusy = Bool.random(using: &random)
                        if subscriptions.offer(to: id, wholeOf: 1, isBusy: isBusy, at: .zero) == .deliver { known[id] = state }
                    }
                    due = []
                default:
                    state += 1
                    for subscriber in subscriptions.current {
                        let isBusy = Int.random(in: 0..<4, using: &random) == 0
                        guard subscriptions.offer(to: subscriber.id, wholeOf: nil, isBusy: isBusy, at: .zero) == .deliver else { continue }
                        #expect(known[subscriber.id] == state - 1, "seed \(random.seed)")
                        known[subscriber.id] = state
                    }
                }
            }
        }
    }
}
