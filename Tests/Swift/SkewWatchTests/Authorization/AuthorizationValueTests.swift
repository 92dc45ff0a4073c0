import Presence
import SkewProtocol
import Testing

@testable import SkewWatch

struct AuthorizationValueTests {
    @Test func `a grant that can be renewed is looked at before its end, another at its end`() {
        func grant(_ name: AuthorizerName, _ seconds: Int?) -> Grant {
            Grant(authorizer: name, scope: .ips, expires: seconds.map { .seconds($0) }, who: nil)
        }
        #expect(grant(.authorizeURL, 300).nextLook(from: .zero) == .seconds(295))
        #expect(grant(.authorizeURL, 2).nextLook(from: .zero) == .seconds(1))
        #expect(grant(.hook, 4).nextLook(from: .zero) == .seconds(2))
        #expect(grant(.jwt, 300).nextLook(from: .zero) == .seconds(300))
        #expect(grant(.statsToken, nil).nextLook(from: .zero) == nil)
    }

    @Test func `a flood is a burst of lines, then some per second, and the rest is counted`() {
        var gate = FloodGate(perSecond: 10, burst: 5)
        let written = (0..<100).filter { _ in gate.pass(at: .seconds(1)) != nil }
        #expect(written.count == 5)
        #expect(gate.summary(at: .seconds(1)) == nil)
        #expect(gate.pass(at: .seconds(1) + .milliseconds(100)) == 95)
        #expect(gate.summary(at: .seconds(9)) == nil)
        for _ in 0..<10 { _ = gate.pass(at: .seconds(10)) }
        #expect(gate.summary(at: .seconds(11)) == 5)
        #expect(gate.summary(at: .seconds(12)) == nil)
    }

    @Test func `credentials that differ in anything have other digests`() {
        let head = HandshakeHead(cookie: "a", authorization: "b", origin: "c", userAgent: "d")
        let all = [
            Credentials(head: head, token: nil), Credentials(head: head, token: ""), Credentials(head: head, token: "t"),
            Credentials(head: HandshakeHead(cookie: "ab", authorization: nil, origin: "c", userAgent: "d"), token: nil),
            Credentials(head: HandshakeHead(cookie: nil, authorization: "ab", origin: "c", userAgent: "d"), token: nil),
            Credentials(head: HandshakeHead(cookie: "a", authorization: "bc", origin: nil, userAgent: "d"), token: nil),
        ]
        #expect(Set(all.map { $0.digest(with: nil) }).count == all.count)
        #expect(all[0].digest(with: nil) != all[0].digest(with: "192.0.2.1"))
        #expect(all[0].digest(with: nil) == Credentials(head: head, token: nil).digest(with: nil))
    }

    @Test(arguments: StatisticsScope.allCases)
    func `a scope is read by its word`(scope: StatisticsScope) {
        #expect(StatisticsScope("\(scope)") == scope)
        #expect(StatisticsScope("\(scope) ") == nil)
    }
}
