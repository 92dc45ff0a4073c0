import Testing

@testable import SkewWatch

struct OriginPolicyTests {
    private func allows(
        _ origin: String?, host: String? = "app.example.com", isTLS: Bool? = nil, count: Int? = nil, port: Int? = nil,
        isCrossSite: Bool = false, allowed: [String] = []
    ) -> Bool {
        let page = OriginPolicy(allowed: allowed).crossOrigin(
            .init(
                origin: origin.map { Array($0.utf8) }, originCount: count ?? (origin == nil ? 0 : 1), isCrossSite: isCrossSite,
                host: host.map { Array($0.utf8) }, port: port, isTLS: isTLS))
        return page != .refused
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

    /// A host in capitals means the same, and is never judged by its bytes alone.
    @Test func `what is judged by its bytes alone is judged like what is read`() {
        let hosts = ["a", "a.b", ".a", "a.", "a_b", "a:80", "a:443", "a:8080", "[::1]", "", "a/b", "a@b", "1.2.3.4", "-", "ä"]
        for host in hosts {
            for other in hosts {
                for scheme in ["http://", "https://", "HTTPS://", "httpx://", "//", "https:/"] {
                    let origin = scheme + other
                    for isTLS in [true, false, nil] {
                        let verdicts = [host, host.uppercased()].map { allows(origin, host: $0, isTLS: isTLS) }
                        #expect(verdicts[0] == verdicts[1], "\(origin) and \(host), \(String(describing: isTLS))")
                    }
                }
            }
        }
    }

    @Test func `two origins are refused, also where all are allowed`() {
        #expect(!allows("https://app.example.com", count: 2))
        #expect(!allows("https://app.example.com", count: 2, allowed: ["*"]))
    }

    @Test func `bytes that are no text are refused`() {
        let facts = OriginPolicy.Facts(origin: [0xFF, 0xFE], originCount: 1, host: [0xFF, 0xFE], isTLS: nil)
        #expect(OriginPolicy(allowed: []).crossOrigin(facts) == .refused)
        #expect(OriginPolicy(allowed: ["*"]).crossOrigin(facts) == .refused)
    }

    @Test func `only a page without TLS against TLS is not the server's own`() {
        for isTLS in [true, false, nil] { #expect(allows("https://app.example.com", isTLS: isTLS)) }
        #expect(!allows("http://app.example.com", isTLS: true))
        #expect(allows("http://app.example.com", isTLS: false))
        #expect(allows("http://app.example.com", isTLS: nil))
        #expect(!allows("https://evil.example", isTLS: false))
    }

    @Test func `a port that a proxy names is the browser's, too`() {
        #expect(allows("https://app.example.com:8443", port: 8443))
        #expect(!allows("https://app.example.com:8443", port: 8444))
        // TLS ended before the proxy that names its own port.
        #expect(allows("https://app.example.com", port: 80))
        #expect(!allows("https://evil.example:8443", port: 8443))
    }

    @Test func `a foreign page that names no origin is known by what its browser says`() {
        #expect(!allows(nil, isCrossSite: true))
        #expect(!allows(nil, isCrossSite: true, allowed: ["*"]))
        #expect(allows("https://app.example.com", isCrossSite: true))
        #expect(allows("https://admin.example.org", isCrossSite: true, allowed: ["https://admin.example.org"]))
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

    @Test(arguments: [
        "capacitor://localhost", "ionic://localhost", "tauri://localhost", "app://bundle", "chrome-extension://abcdefghijklmnop",
        "moz-extension://0c6e3e0a-0000-4000-8000-000000000001", "vscode-webview://0abc", "capacitor://localhost:8100",
    ])
    func `an app in a shell has an origin that is compared as a whole`(origin: String) {
        let allowed = [origin, "https://app.example.com"]
        #expect(allows(origin, allowed: allowed) && allows(origin.uppercased(), allowed: allowed))
        for other in [origin + "x", origin + "/", "x" + origin, origin + ":1", "https://" + origin.split(separator: "/")[1]] {
            #expect(!allows(other, allowed: allowed), "\(other)")
        }
        #expect(!allows(origin))
        // No page is the server's own by another scheme.
        #expect(!allows(origin, host: String(origin.split(separator: "/")[1])))
    }

    @Test(arguments: [
        ("https://bücher.example", "https://xn--bcher-kva.example"), ("https://BÜCHER.example:8443", "https://xn--bcher-kva.example:8443"),
        ("https://*.例え.テスト", "https://a.xn--r8jz45g.xn--zckzah"), ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai"),
    ])
    func `a host in other letters is its ASCII form`(pattern: String, origin: String) {
        #expect(allows(origin, allowed: [pattern]))
        #expect(OriginPattern.asciiForm(ofOther: pattern) == origin.replacing("://a.", with: "://*."))
        #expect(OriginPattern.asciiForm(ofOther: origin) == nil)
        // Browsers never send the other letters.
        #expect(!allows(pattern.replacing("*", with: "a"), allowed: [pattern]))
    }

    @Test func `letters are compared by ASCII rules`() {
        #expect(allows("https://KIOSK.example", host: "kiosk.example"))
        #expect(!allows("https://\u{212A}iosk.example", host: "kiosk.example"))
        #expect(!allows("https://kiosk.example", host: "\u{212A}iosk.example"))
        #expect(!allows("https://\u{212A}iosk.example", allowed: ["https://kiosk.example"]))
    }

    @Test(arguments: [
        "", "null", "file://", "file:///tmp", "app.example.com", "://x", "https://", "https://*", "https://*.", "https://*.*.example",
        "https://a.*.example", "*.example.com", "capacitor://*", "capacitor://*.x", "https://app.example.com/", "app://a/b", "https://a b",
        "https://u@app.example.com", "https://app.example.com:0", "1app://x", "https://cafe\u{301}.example", "https://\u{FF41}.example",
        "https://*.[::1]", "wss://app.example.com", "ftp://a", "javascript://x", "https://.example.com",
    ])
    func `anything else is no pattern`(text: String) {
        #expect(OriginPattern(text) == nil)
    }
}

@Suite struct InternationalLabelTests {
    // The samples of RFC 3492, section 7.1, that are one label in lower case, and others that browsers were asked about.
    @Test(arguments: [
        ("bücher", "xn--bcher-kva"), ("münchen-ost", "xn--mnchen-ost-9db"), ("ليهمابتكلموشعربي؟", nil),
        ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
        ("почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"), ("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"),
        ("そのスピードで", "xn--d9juau41awczczp"), ("straße", "xn--strae-oqa"), ("ascii", "ascii"), ("ASCII", "ascii"), ("ÄÖ", "xn--4ca0b"),
        ("a\u{301}", nil), ("a b\u{e9}", nil), ("\u{212A}elvin", nil), (String(repeating: "é", count: 64), nil),
    ])
    func `a label has the form that browsers send, or none that is certain`(label: String, form: String?) {
        #expect(InternationalLabel.ascii(label) == form)
    }
}
