import SkewProtocol
import Testing

@testable import SkewWatch

struct AccessRuleTests {
    private static let (short, long) = ("t0ken-stats", "q7Zt4mW9xKc2Vb8Nf3Rj6Hs1Ld5Gp0Ya")

    private func step(
        _ need: AccessNeed, _ token: String?, stats: [String] = [], admin: [String] = [], asksOthers: Bool = false,
        wait: Duration? = nil
    ) -> AccessRule.Step {
        let tokens = AccessTokens(stats: stats.compactMap { Secret($0) }, admin: admin.compactMap { Secret($0) })
        return AccessRule(tokens: tokens, asksOthers: asksOthers).step(for: need, token: token.map { Array($0.utf8) }, wait: wait)
    }

    private func granted(_ name: String) -> AccessRule.Step { .decided(.granted(Caller(name: name, scope: .ips)), isGuess: false) }

    @Test func `who may write may read, and not the other way round`() {
        let (stats, admin) = (["see-see-see"], ["act-act-act"])
        #expect(step(.reading, "see-see-see", stats: stats, admin: admin) == granted("stats-token"))
        #expect(step(.reading, "act-act-act", stats: stats, admin: admin) == granted("admin-token"))
        #expect(step(.writing, "act-act-act", stats: stats, admin: admin) == granted("admin-token"))
        #expect(step(.writing, "see-see-see", stats: stats, admin: admin) == .decided(.wrong, isGuess: true))
    }

    @Test func `one of several tokens is enough, and the log can tell which`() {
        #expect(step(.writing, "new", admin: ["new", "old"]) == granted("admin-token"))
        #expect(step(.writing, "old", admin: ["new", "old"]) == granted("admin-token 2"))
        #expect(step(.writing, "older", admin: ["new", "old"]) == .decided(.wrong, isGuess: true))
    }

    @Test(arguments: [AccessNeed.reading, .writing])
    func `over the limit of guesses a long token passes and a short one waits`(need: AccessNeed) {
        #expect(step(need, Self.long, admin: [Self.long], wait: .seconds(3)) == granted("admin-token"))
        #expect(step(need, Self.short, admin: [Self.short], wait: .seconds(3)) == .decided(.tooManyWrong(.seconds(3)), isGuess: false))
        #expect(step(need, "guess", admin: [Self.long], wait: .seconds(3)) == .decided(.tooManyWrong(.seconds(3)), isGuess: true))
    }

    @Test func `what shows no token is no guess`() {
        #expect(step(.writing, nil, admin: ["a"]) == .decided(.missing, isGuess: false))
        #expect(step(.reading, nil, stats: ["a"], wait: .seconds(1)) == .decided(.missing, isGuess: false))
    }

    @Test func `others are asked about who reads, and about nobody who writes`() {
        #expect(step(.reading, nil, asksOthers: true) == .ask)
        #expect(step(.reading, "x", stats: ["a"], asksOthers: true) == .ask)
        #expect(step(.reading, "a", stats: ["a"], asksOthers: true) == granted("stats-token"))
        #expect(step(.writing, "x", admin: ["a"], asksOthers: true) == .decided(.wrong, isGuess: true))
    }

    @Test func `where nothing is configured nobody gets in`() {
        #expect(step(.writing, "x", stats: ["a"], asksOthers: true) == .decided(.noneConfigured, isGuess: false))
        #expect(step(.reading, "x") == .decided(.noneConfigured, isGuess: false))
    }

    @Test func `what the authorizers say becomes an answer, cut to the scope they grant`() {
        let grant = Grant(authorizer: .authorizeURL, scope: .counts, expires: nil, who: "ada")
        func decision(_ decision: Decision, showsToken: Bool = false, wait: Duration? = nil) -> AccessDecision {
            AccessRule.decision(decision, showsToken: showsToken, wait: wait)
        }
        #expect(decision(.granted(grant)) == .granted(Caller(name: "authorize-url ada", scope: .counts)))
        #expect(decision(.denied("no")) == .missing)
        #expect(decision(.denied("no"), showsToken: true) == .wrong)
        #expect(decision(.denied("no"), showsToken: true, wait: .seconds(2)) == .tooManyWrong(.seconds(2)))
        #expect(decision(.undecided("late")) == .undecided && decision(.postponed) == .undecided)
    }
}
