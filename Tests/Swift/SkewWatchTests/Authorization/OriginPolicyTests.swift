import Testing

@testable import SkewWatch

struct OriginPolicyTests {
    private func allows(
        _ origin: String?, host: String? = "app.example.com", isTLS: Bool? = nil, count: Int? = nil, allowed: [String] = []
    ) -> Bool {
        let judgement = OriginPolicy(allowed: allowed).judge(
            .init(
                origin: origin.map { Array($0.utf8) }, originCount: count ?? (origin == nil ? 0 : 1), host: host.map { Array($0.utf8) },
                isTLS: isTLS))
        return judgement != .refused
    }

    @Test func `what names no origin is no browser and passes`() {
        #expect(allows(nil))
        #expect(allows(nil, host: nil, allowed: ["https://other.example.com"]))
    }

    @Test(arguments: [
        ("https://app.example.com", "app.example.com"), ("http://app.example.com", "app.example.com"),
        ("https://app.example.com", "app.example.com:443"), ("http://app.example.com", "app.example.com:80"),
        ("http://app.example.com:3000", "app.example.com:3000"), ("HTTPS://App.Example.com", "APP.example.COM"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"), ("http://[::1]:8080", "[::1]:8080"),
    ])
    func `a page of the same host passes`(origin: String, host: String) {
        #expect(allows(origin, host: host))
        #expect(allows(origin, host: host, allowed: ["https://other.example.com"]))
    }

    @Test(arguments: [
        "https://evil.example", "https://app.example.com.attacker.net", "https://evil-app.example.com", "https://xapp.example.com",
        "https://app.example.com:8443", "https://app.example.co", "https://example.com", "https://app.example.com.", "null", "",
        "https://app.example.com/", "https://app.example.com@evil.example", "https://evil.example#app.example.com",
        "https://app.example.com https://evil.example", "https://app.example.com,https://evil.example", "app.example.com",
        "file://", "chrome-extension://app.example.com", "https://", "https://app.example.com:0443x", "https://app.example.com:",
        "https://app.example.com:99999", "https://аpp.example.com", "javascript://app.example.com",
    ])
    func `a page of another origin is refused`(origin: String) {
        #expect(!allows(origin))
    }

    @Test func `two origins are refused, also where all are allowed`() {
        #expect(!allows("https://app.example.com", count: 2))
        #expect(!allows("https://app.example.com", count: 2, allowed: ["*"]))
    }

    @Test func `bytes that are no text are refused`() {
        let facts = OriginPolicy.Facts(origin: [0xFF, 0xFE], originCount: 1, host: [0xFF, 0xFE], isTLS: nil)
        #expect(OriginPolicy(allowed: []).judge(facts) == .refused)
        #expect(OriginPolicy(allowed: ["*"]).judge(facts) == .refused)
    }

    @Test func `where the browser's scheme is known it must be the page's`() {
        #expect(allows("https://app.example.com", isTLS: true))
        #expect(!allows("http://app.example.com", isTLS: true))
        #expect(allows("http://app.example.com", isTLS: false))
        #expect(!allows("https://app.example.com", isTLS: false))
    }

    @Test func `without a usable host no page is the server's own`() {
        #expect(!allows("https://app.example.com", host: nil))
        #expect(!allows("https://app.example.com", host: "app.example.com:x"))
        #expect(!allows("https://app.example.com", host: "app.example.com, evil.example"))
    }

    @Test(arguments: [
        ("https://admin.example.org", true), ("https://admin.example.org:443", true), ("http://admin.example.org", false),
        ("https://admin.example.org:8443", false), ("https://x.admin.example.org", false), ("https://admin.example.org.evil.net", false),
        ("https://ADMIN.example.org", true), ("null", false),
    ])
    func `a pattern without a star is one origin`(origin: String, isAllowed: Bool) {
        #expect(allows(origin, allowed: ["https://admin.example.org"]) == isAllowed)
    }

    @Test(arguments: [
        ("https://a.example.org", true), ("https://a.b.example.org", true), ("https://example.org", false),
        ("https://.example.org", false), ("http://a.example.org", false), ("https://a.example.org:444", false),
        ("https://evilexample.org", false), ("https://a.example.org.attacker.net", false), ("https://*.example.org", false),
        ("null", false),
    ])
    func `a star stands for one or more labels in front`(origin: String, isAllowed: Bool) {
        #expect(allows(origin, allowed: ["https://*.example.org"]) == isAllowed)
    }

    @Test func `a star with a port wants that port`() {
        #expect(allows("http://a.localhost:3000", allowed: ["http://*.localhost:3000"]))
        #expect(!allows("http://a.localhost", allowed: ["http://*.localhost:3000"]))
    }

    @Test func `a star alone allows all`() {
        #expect(allows("https://evil.example", allowed: ["*"]))
        #expect(allows("null", allowed: ["*"]))
    }

    @Test func `of a list of forwarded values the nearest proxy's counts`() {
        #expect(OriginPolicy.lastElement(Array("spoofed.example, app.example.com".utf8)) == Array("app.example.com".utf8))
        #expect(OriginPolicy.lastElement([]) == [])
    }
}
