import SkewProtocol
import Testing

@testable import SkewWatch

struct TokenRulesTests {
    private let now = 1_700_000_000.0

    private func check(_ claims: [String: JSONValue], _ required: String...) -> Result<TokenRules.Content, TokenFault> {
        let rules = TokenRules(required: required.map { RequiredClaim(text: $0)! })
        do throws(TokenFault) {
            return .success(try rules.check(claims, now: now))
        } catch {
            return .failure(error)
        }
    }

    private func good(_ more: [String: JSONValue]) -> [String: JSONValue] {
        more.merging(["exp": .number(now + 300)]) { mine, _ in mine }
    }

    @Test func `a claim is read of a token in its time, for whomever it is, by name or path`() throws {
        let claims = good([
            "tenant": .string("acme"), "org": .object(["id": .number(7)]), "aud": .string("others"), "https://x.y/t": .string("z"),
        ])
        #expect(Tag.of(try TokenRules.value(of: "tenant", in: claims, now: now)) == "acme")
        #expect(Tag.of(try TokenRules.value(of: "org.id", in: claims, now: now)) == "7")
        #expect(Tag.of(try TokenRules.value(of: "https://x.y/t", in: claims, now: now)) == "z")
        for path in ["org", "nothing", "org.name"] { #expect(Tag.of(try TokenRules.value(of: path, in: claims, now: now)) == nil) }
        #expect(throws: TokenFault.expired) { try TokenRules.value(of: "tenant", in: claims, now: now + 1000) }
        #expect(throws: TokenFault.noExpiry) { try TokenRules.value(of: "tenant", in: ["tenant": .string("acme")], now: now) }
    }

    @Test func `a token lasts until its exp`() {
        #expect(check(good([:])) == .success(.init(secondsLeft: 300, subject: nil)))
        #expect(check(good(["sub": .string("ada")])) == .success(.init(secondsLeft: 300, subject: "ada")))
    }

    @Test func `clocks may differ by a minute`() {
        #expect(check(["exp": .number(now - 59)]) == .success(.init(secondsLeft: 1, subject: nil)))
        #expect(check(["exp": .number(now - 60)]) == .failure(.expired))
        #expect(check(good(["nbf": .number(now + 60)])) == .success(.init(secondsLeft: 300, subject: nil)))
        #expect(check(good(["nbf": .number(now + 61)])) == .failure(.notYet))
    }

    @Test func `a token may narrow what it shows, and never widens it by a word that nobody knows`() {
        for scope in StatisticsScope.allCases {
            #expect(check(good(["skewwatch_scope": .string("\(scope)")])) == .success(.init(secondsLeft: 300, subject: nil, scope: scope)))
        }
        for wrong in [JSONValue.string("count"), .string(""), .number(0), .null, .array([.string("counts")])] {
            #expect(check(good(["skewwatch_scope": wrong])) == .failure(.scope))
        }
        #expect(check(good(["scope": .string("counts")])) == .success(.init(secondsLeft: 300, subject: nil)))
    }

    @Test func `a token without an end is refused`() {
        #expect(check([:]) == .failure(.noExpiry))
        for wrong in [JSONValue.string("1700000300"), .null, .boolean(true), .array([])] {
            #expect(check(["exp": wrong]) == .failure(.malformed))
            #expect(check(good(["nbf": wrong])) == .failure(.malformed))
        }
    }

    @Test func `a token for an audience is for nobody else`() {
        #expect(check(good(["aud": .string("shop")])) == .failure(.audience))
        #expect(check(good(["aud": .string("shop")]), "aud=skewwatch") == .failure(.audience))
        #expect(check(good([:]), "aud=skewwatch") == .failure(.audience))
        #expect(check(good(["aud": .array([.string("shop"), .string("skewwatch")])]), "aud=skewwatch") != .failure(.audience))
        #expect(check(good(["aud": .string("skewwatch2")]), "aud=skewwatch") == .failure(.audience))
    }

    @Test func `every required claim must be there`() {
        #expect(check(good([:]), "role=admin") == .failure(.claim))
        #expect(check(good(["role": .string("Admin")]), "role=admin") == .failure(.claim))
        #expect(check(good(["role": .object(["admin": .boolean(true)])]), "role=admin") == .failure(.claim))
        #expect(check(good(["role": .array([.array([.string("admin")])])]), "role=admin") == .failure(.claim))
        #expect(check(good(["role": .string("admin")]), "role=admin", "iss=https://id") == .failure(.claim))
        #expect(
            (try? check(good(["role": .array([.string("admin")]), "iss": .string("https://id")]), "role=admin", "iss=https://id").get())
                != nil)
        #expect((try? check(good(["staff": .boolean(true), "level": .number(3)]), "staff=true", "level=3").get()) != nil)
    }

    @Test func `a claim is found by a path of names, and a name may have dots of its own`() {
        func passes(_ claims: [String: JSONValue], _ required: String) -> Bool { check(good(claims), required) != .failure(.claim) }
        let roles = JSONValue.object(["roles": .array([.string("viewer"), .string("admin")])])
        #expect(passes(["realm_access": roles], "realm_access.roles=admin"))
        #expect(!passes(["realm_access": roles], "realm_access.roles=root"))
        #expect(!passes(["realm_access": roles], "roles=admin") && !passes(["realm_access": roles], "realm_access=admin"))
        #expect(passes(["resource_access": .object(["my.app": roles])], "resource_access.my.app.roles=admin"))
        #expect(passes(["https://example.com/roles": .string("admin")], "https://example.com/roles=admin"))
        #expect(passes(["a": .object(["b": .string("no")]), "a.b": .string("yes")], "a.b=yes"))
        #expect(!passes(["realm_access": .string("admin")], "realm_access.roles=admin") && !passes([:], "a.b.c=d"))
        #expect(!passes(["a": .object(["": .string("x")])], "a=x"))
    }

    @Test func `a scope is words with blanks between them, and other claims are not`() {
        func passes(_ claims: [String: JSONValue], _ required: String) -> Bool { check(good(claims), required) != .failure(.claim) }
        #expect(passes(["scope": .string("openid read:stats")], "scope=read:stats"))
        #expect(passes(["scope": .string("openid read:stats")], "scope=openid read:stats"))
        #expect(passes(["scp": .string("a b")], "scp=b") && passes(["scp": .array([.string("b")])], "scp=b"))
        #expect(!passes(["scope": .string("openid read:stats:all")], "scope=read:stats"))
        #expect(!passes(["role": .string("not admin")], "role=admin"))
    }

    @Test func `who it is is cleaned for the log`() {
        #expect((try? check(good(["sub": .string("a\nb\u{202E}")])).get())?.subject == "ab")
        #expect((try? check(good(["sub": .string(String(repeating: "x", count: 500))])).get())?.subject?.count == 64)
    }
}
