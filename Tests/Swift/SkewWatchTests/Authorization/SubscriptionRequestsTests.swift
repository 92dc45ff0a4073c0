import Presence
import SkewProtocol
import Testing

@testable import SkewWatch
@testable import WebSocketLoop

/// Who may watch, case by case; every order of events is in `SubscriptionRequestsModelTests`.
struct SubscriptionRequestsTests {
    private var requests = SubscriptionRequests()

    private static func asking(_ mode: StatisticsMode = .summary, token: String? = "t") -> SubscriptionRequest {
        SubscriptionRequest(
            purpose: .subscription, socket: SocketID.of(3, 1), connection: ConnectionID(randomHigh: 1, randomLow: 1),
            mode: mode, credentials: Credentials(head: .empty, token: token))
    }

    private static func grant(
        _ authorizer: AuthorizerName = .authorizeURL, _ scope: StatisticsScope = .ips, until seconds: Int? = 60
    ) -> Grant {
        Grant(authorizer: authorizer, scope: scope, expires: seconds.map { .seconds($0) }, who: nil)
    }

    /// Asks, and returns what the authorizers get.
    private mutating func submitted(_ request: SubscriptionRequest = asking()) throws -> SubscriptionRequest {
        try Self.submitted(in: requests.asked(request, epoch: 0))
    }

    private static func submitted(in actions: [SubscriptionRequests.Action]) throws -> SubscriptionRequest {
        try #require(
            actions.compactMap {
                if case .submit(let request) = $0 { request } else { nil }
            }.first)
    }

    /// Asks and is let in.
    private mutating func admitted(_ grant: Grant = grant()) throws {
        let request = try submitted()
        #expect(requests.decided(request, .granted(grant), now: .zero, epoch: 0) == [.admit(request, grant, isNews: true)])
    }

    private mutating func decide(_ request: SubscriptionRequest, _ decision: Decision, at seconds: Int) -> [SubscriptionRequests.Action] {
        requests.decided(request, decision, now: .seconds(seconds), epoch: 0)
    }

    @Test mutating func `who asks is submitted once, and of what follows the newest`() throws {
        let first = try submitted()
        #expect(requests.asked(Self.asking(.delta), epoch: 0) == [])
        #expect(requests.asked(Self.asking(.snapshot), epoch: 0) == [])
        let actions = decide(first, .denied("no"), at: 0)
        #expect(actions.first == .deny(first, reason: "no"))
        #expect(try Self.submitted(in: actions).mode == .snapshot)
    }

    @Test mutating func `who is decided late is told nothing`() throws {
        let first = try submitted()
        requests.forget(3)
        #expect(decide(first, .granted(Self.grant()), at: 0) == [])
        let second = try submitted()
        #expect(decide(first, .granted(Self.grant()), at: 0) == [])
        #expect(decide(second, .denied("no"), at: 0) == [.deny(second, reason: "no")])
        #expect(decide(second, .granted(Self.grant()), at: 0) == [])
        #expect(requests.grant(at: 3) == nil)
    }

    @Test mutating func `a client that changed its mind is not let in, and what it asked after that is decided`() throws {
        let first = try submitted()
        requests.withdrawn(3)
        #expect(decide(first, .granted(Self.grant()), at: 0) == [])
        let second = try submitted()
        requests.withdrawn(3)
        #expect(requests.asked(Self.asking(.delta), epoch: 0) == [])
        let third = try Self.submitted(in: decide(second, .granted(Self.grant()), at: 0))
        #expect(third.mode == .delta)
        #expect(decide(third, .granted(Self.grant()), at: 0) == [.admit(third, Self.grant(), isNews: true)])
    }

    @Test mutating func `what may be renewed is, before its end, and nobody notices`() throws {
        try admitted()
        #expect(requests.due(at: .seconds(54), epoch: 0) == [])
        let renewal = try Self.submitted(in: requests.due(at: .seconds(55), epoch: 0))
        #expect(renewal.purpose == .renewal)
        #expect(renewal.credentials.token == "t")
        #expect(requests.due(at: .seconds(58), epoch: 0) == [])
        #expect(decide(renewal, .granted(Self.grant(until: 120)), at: 59) == [.renew(at: .seconds(115))])
        #expect(requests.due(at: .seconds(114), epoch: 0) == [])
    }

    @Test mutating func `what is renewed with another scope is admitted anew`() throws {
        try admitted()
        let renewal = try Self.submitted(in: requests.due(at: .seconds(55), epoch: 0))
        let less = Self.grant(.authorizeURL, .counts, until: 120)
        #expect(decide(renewal, .granted(less), at: 56) == [.admit(renewal, less, isNews: true)])
    }

    @Test mutating func `what is not renewed ends at its end, and a late yes does not bring it back`() throws {
        try admitted()
        let renewal = try Self.submitted(in: requests.due(at: .seconds(55), epoch: 0))
        let ended = requests.due(at: .seconds(60), epoch: 0)
        #expect(ended == [.end(Self.numbered(renewal, as: 1), Self.grant(), .expired)])
        #expect(decide(renewal, .granted(Self.grant(until: 120)), at: 61) == [])
        #expect(requests.grant(at: 3) == nil)
    }

    @Test mutating func `a token that has ended has ended`() throws {
        try admitted(Self.grant(.jwt))
        #expect(requests.due(at: .seconds(59), epoch: 0) == [])
        #expect(Self.end(in: requests.due(at: .seconds(60), epoch: 0)) == .expired)
    }

    /// A full line, or an app that does not answer, cuts nobody whose grant still holds.
    @Test(arguments: [Decision.postponed, .undecided("the app did not decide")])
    mutating func `who watches goes on to the end of the grant, and is asked again each second`(decision: Decision) throws {
        try admitted()
        var asked = 0
        for second in 55..<60 {
            let renewal = try Self.submitted(in: requests.due(at: .seconds(second), epoch: 0))
            #expect(decide(renewal, decision, at: second) == [.renew(at: .seconds(second + 1))])
            asked += 1
        }
        #expect(asked == 5)
        #expect(Self.end(in: requests.due(at: .seconds(60), epoch: 0)) == .expired)
    }

    @Test(arguments: [Decision.postponed, .undecided("the app did not decide")])
    mutating func `a viewer that asks for another mode keeps what it has until that is decided`(decision: Decision) throws {
        try admitted()
        let other = try submitted(Self.asking(.delta))
        #expect(other.standing == .watching)
        #expect(decide(other, decision, at: 1) == [])
        #expect(requests.grant(at: 3) == Self.grant())
        #expect(requests.due(at: .milliseconds(1999), epoch: 0) == [])
        let again = try Self.submitted(in: requests.due(at: .seconds(2), epoch: 0))
        #expect(again.mode == .delta)
        #expect(decide(again, .granted(Self.grant()), at: 2) == [.admit(again, Self.grant(), isNews: false)])
    }

    @Test mutating func `a newcomer waits while the line is full, and is denied only by a no`() throws {
        var request = try submitted()
        for second in 0..<5 {
            #expect(decide(request, .postponed, at: second) == [])
            #expect(requests.asked(Self.asking(.delta), epoch: 0) == [])
            request = try Self.submitted(in: requests.due(at: .seconds(second + 1), epoch: 0))
            #expect(request.mode == .delta)
            #expect(request.standing == .newcomer)
        }
        #expect(decide(request, .denied("no"), at: 6) == [.deny(request, reason: "no")])
        #expect(try submitted().standing == .denied)
    }

    @Test mutating func `a newcomer whose app does not answer is denied`() throws {
        let request = try submitted()
        #expect(decide(request, .undecided("late"), at: 0) == [.deny(request, reason: "late")])
    }

    @Test mutating func `what nobody confirms and what has no end is over`() throws {
        try admitted(Self.grant(.statsToken, until: nil))
        let renewal = try Self.submitted(in: requests.recheck(epoch: 1))
        #expect(Self.end(in: requests.decided(renewal, .undecided("?"), now: .zero, epoch: 1)) == .withdrawn)
    }

    @Test(arguments: [Decision.granted(grant()), .denied("no")])
    mutating func `a decision by secrets of before is made again`(decision: Decision) throws {
        let request = try submitted()
        let again = try Self.submitted(in: requests.decided(request, decision, now: .zero, epoch: 1))
        #expect(again.epoch == 1)
        #expect(again.mode == request.mode)
    }

    @Test mutating func `what is taken back is over at once, and may be asked for again`() throws {
        try admitted()
        #expect(Self.end(in: requests.revoke(3)) == .revoked)
        #expect(requests.revoke(3) == [])
        _ = try submitted()
    }

    @Test mutating func `other secrets have everybody decided anew, whom a no cuts`() throws {
        try admitted(Self.grant(.statsToken, until: nil))
        let renewal = try Self.submitted(in: requests.recheck(epoch: 1))
        #expect(Self.end(in: requests.decided(renewal, .denied("no"), now: .zero, epoch: 1)) == .withdrawn)
    }

    @Test mutating func `another mode of the same is no news`() throws {
        try admitted()
        let other = try submitted(Self.asking(.delta))
        #expect(decide(other, .granted(Self.grant()), at: 1) == [.admit(other, Self.grant(), isNews: false)])
        let more = try submitted(Self.asking(.delta))
        let grant = Self.grant(.jwt, .ips)
        #expect(decide(more, .granted(grant), at: 1) == [.admit(more, grant, isNews: true)])
    }

    /// Why what was granted has ended, where nothing else is to be done.
    private static func end(in actions: [SubscriptionRequests.Action]) -> AuditLog.End? {
        if actions.count == 1, case .end(_, _, let reason)? = actions.first { reason } else { nil }
    }

    /// The request as it was when it was let in.
    private static func numbered(_ request: SubscriptionRequest, as number: Int) -> SubscriptionRequest {
        var request = request
        (request.number, request.purpose, request.standing) = (number, .subscription, .newcomer)
        return request
    }
}
