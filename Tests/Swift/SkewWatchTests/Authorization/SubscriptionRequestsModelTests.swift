import Presence
import SkewProtocol
import TestRandom
import Testing

@testable import SkewWatch
@testable import WebSocketLoop

/// Who may watch, in random orders of everything that can happen, late decisions included, against the rule in its own words.
@Suite(.timeLimit(.minutes(1))) struct SubscriptionRequestsModelTests {
    @Test func `in every order of events the same connections may watch as by the rule`() throws {
        for _ in 0..<Seeds.rounds(100, long: 300) {
            var history = RandomHistory()
            for _ in 0..<200 { try history.step() }
            try history.finish()
        }
    }
}

/// What became of one connection so far, and from that alone, who may watch.
private struct NaiveConnection {
    enum Event {
        case submitted(SubscriptionRequest)
        case decided(SubscriptionRequest, Decision, epoch: Int)
        case withdrawn
        case revoked
        case time(Duration)
    }

    var events: [Event] = []
    /// Whether the last word of the client was that it wants to watch, and it was not answered since.
    var isWaiting = false

    /// What is with the authorizers.
    var outstanding: SubscriptionRequest? { replayed.out }
    var grant: Grant? { replayed.grant }

    /// The rule: a decision counts that answers what is out and wanted, by the secrets of now. A yes grants, if there is something to
    /// renew or the client asked. A no ends; so do the client, the operator and the time. Nothing else does, but that what has no end
    /// of its own must be confirmed.
    private var replayed: (grant: Grant?, out: SubscriptionRequest?) {
        var (grant, out, isWanted) = (Grant?.none, SubscriptionRequest?.none, false)
        for event in events {
            switch event {
            case .submitted(let request): (out, isWanted) = (request, true)
            case .withdrawn: (grant, isWanted) = (nil, false)
            case .revoked: grant = nil
            case .time(let now): if let expires = grant?.expires, expires <= now { grant = nil }
            case .decided(let request, let decision, let epoch):
                guard request.number == out?.number else { continue }
                out = nil
                guard isWanted else { continue }
                switch decision {
                case .granted(let new) where epoch == request.epoch:
                    if request.purpose == .subscription || grant != nil { grant = new }
                case .denied where epoch == request.epoch: grant = nil
                case .undecided where request.purpose == .renewal && grant?.expires == nil: grant = nil
                default: break
                }
            }
        }
        return (grant, out)
    }
}

private struct RandomHistory {
    private var random = SeededGenerator()
    private var requests = SubscriptionRequests()
    private var naive = [NaiveConnection](repeating: NaiveConnection(), count: 4)
    private var generations = [UInt64](repeating: 1, count: 4)
    private var submitted: [SubscriptionRequest] = []
    private var now = Duration.zero
    private var epoch = 0

    mutating func step() throws {
        let index = Int.random(in: 0..<4, using: &random)
        let before = naive.map(\.grant)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<5:
            naive[index].isWaiting = true
            try take(requests.asked(request(index), epoch: epoch), before)
        case 5:
            naive[index].isWaiting = false
            naive[index].events.append(.withdrawn)
            requests.withdrawn(index)
        case 6:
            requests.forget(index)
            naive[index] = NaiveConnection()
            generations[index] += 1
        case 7:
            epoch += 1
            naive[index].events.append(.revoked)
            try take(requests.revoke(index), before)
        case 8:
            epoch += 1
            for index in naive.indices { naive[index].events.append(.revoked) }
            try take(requests.revokeAll(), before)
        case 9:
            epoch += 1
            try take(requests.recheck(epoch: epoch), before)
        case 10..<14:
            try passTime(.milliseconds(Int.random(in: 0..<2500, using: &random)))
        default:
            // One that is out or, now and then, any that ever was.
            let isLate = Int.random(in: 0..<4, using: &random) == 0
            guard let request = isLate ? submitted.randomElement(using: &random) : naive[index].outstanding else { return }
            try decide(request, decision())
        }
        check()
    }

    /// Whatever has happened, who asked is answered in the end: nobody is forgotten in a line.
    mutating func finish() throws {
        for _ in 0..<4 {
            for index in naive.indices {
                while let request = naive[index].outstanding {
                    try decide(request, .granted(Grant(authorizer: .hook, scope: .ips, expires: nil)))
                }
            }
            try passTime(.seconds(2))
        }
        for index in naive.indices {
            #expect(!naive[index].isWaiting, "seed \(random.seed)")
            #expect(naive[index].outstanding?.purpose != .subscription, "seed \(random.seed)")
        }
        check()
    }

    private mutating func passTime(_ duration: Duration) throws {
        let before = naive.map(\.grant)
        now += duration
        for index in naive.indices { naive[index].events.append(.time(now)) }
        try take(requests.due(at: now, epoch: epoch), before)
    }

    private mutating func decide(_ request: SubscriptionRequest, _ decision: Decision) throws {
        let before = naive.map(\.grant)
        let index = request.socket.index
        let isOut = naive[index].outstanding?.number == request.number && request.socket == socket(index)
        if isOut { naive[index].events.append(.decided(request, decision, epoch: epoch)) }
        let actions = requests.decided(request, decision, now: now, epoch: epoch)
        #expect(isOut || actions.isEmpty, "a decision that nobody waits for does something; seed \(random.seed)")
        try take(actions, before)
    }

    private mutating func take(_ actions: [SubscriptionRequests.Action], _ before: [Grant?]) throws {
        var admitted: Set<Int> = []
        var ended: Set<Int> = []
        for action in actions {
            switch action {
            case .submit(let request):
                let index = request.socket.index
                #expect(naive[index].outstanding == nil, "two are out; seed \(random.seed)")
                #expect(request.epoch == epoch && !submitted.contains { $0.number == request.number }, "seed \(random.seed)")
                #expect((request.standing == .watching) == (naive[index].grant != nil), "seed \(random.seed)")
                naive[index].events.append(.submitted(request))
                submitted.append(request)
            case .admit(let request, let grant, _):
                admitted.insert(request.socket.index)
                if request.purpose == .subscription { naive[request.socket.index].isWaiting = isNewerOut(request) }
                #expect(naive[request.socket.index].grant == grant, "seed \(random.seed)")
            case .deny(let request, _):
                ended.insert(request.socket.index)
                naive[request.socket.index].isWaiting = isNewerOut(request)
            case .end(let request, let grant, _):
                ended.insert(request.socket.index)
                #expect(before[request.socket.index] == grant, "seed \(random.seed)")
            case .renew(let time):
                #expect(time.map { $0 > now } ?? true, "seed \(random.seed)")
            }
        }
        for (index, grant) in naive.map(\.grant).enumerated() {
            if before[index] == nil, grant != nil { #expect(admitted.contains(index), "let in unsaid; seed \(random.seed)") }
            if before[index] != nil, grant == nil { #expect(ended.contains(index), "cut unsaid; seed \(random.seed)") }
        }
    }

    /// Whether the client has asked again since this request was submitted. The newest mode asked for is unique.
    private func isNewerOut(_ request: SubscriptionRequest) -> Bool {
        lastAsked[request.socket.index] != request.credentials.token
    }

    private var lastAsked = [String?](repeating: nil, count: 4)
    private var lastToken = 0

    private func check() {
        for index in naive.indices {
            #expect(requests.grant(at: index) == naive[index].grant, "connection \(index); seed \(random.seed)")
        }
    }

    private func socket(_ index: Int) -> SocketID { SocketID.of(index, generations[index]) }

    private mutating func request(_ index: Int) -> SubscriptionRequest {
        lastToken += 1
        lastAsked[index] = "\(lastToken)"
        return SubscriptionRequest(
            purpose: .subscription, socket: socket(index),
            connection: ConnectionID(randomHigh: UInt64(index), randomLow: generations[index]),
            mode: StatisticsMode.allCases.randomElement(using: &random) ?? .delta,
            credentials: Credentials(head: .empty, token: lastAsked[index]))
    }

    private mutating func decision() -> Decision {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .denied("no")
        case 1: return .undecided("nobody knows")
        case 2: return .postponed
        default:
            let expires: Duration? = Bool.random(using: &random) ? now + .milliseconds(Int.random(in: 1..<20_000, using: &random)) : nil
            return .granted(
                Grant(
                    authorizer: AuthorizerName.allCases.randomElement(using: &random) ?? .hook,
                    scope: StatisticsScope.allCases.randomElement(using: &random) ?? .ips, expires: expires))
        }
    }
}
