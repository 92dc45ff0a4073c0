import SkewProtocol
import Testing

private func first(_ name: String, _ query: String) -> String? {
    QueryString.firstValue(of: name, in: Array(query.utf8).span).map { String(decoding: $0, as: UTF8.self) }
}

private func cookie(_ header: String, name: String = "__nkpv") -> String? {
    CookieHeader.firstValue(of: name, in: Array(header.utf8).span).map { String(decoding: $0, as: UTF8.self) }
}

struct QueryStringTests {
    @Test(arguments: [
        ("route=/a", "/a"), ("x=1&route=/a&route=/b", "/a"), ("route=%2Fa%20b+c", "/a b c"), ("route=a%2Bb", "a+b"), ("route=%", "%"),
        ("route=%2", "%2"),
        ("route=%zz%41", "%zzA"), ("route=100%25", "100%"), ("route=%2520", "%20"), ("route=", ""), ("route", ""), ("%72oute=/a", "/a"),
        ("route=a=b", "a=b"),
        ("&&route=/a&", "/a"), ("route=%C3%A9", "é"), ("route=a%00b", "a\u{0}b"), ("route=/a;b", "/a;b"), ("=x&route=y", "y"),
    ])
    func `the first value of a name is decoded`(query: String, value: String) {
        #expect(first("route", query) == value)
    }

    @Test(arguments: ["", "&", "=", "rout=/a", "routes=/a", "Route=/a", "x=route=/a", "?route=/a"])
    func `another name is no match`(query: String) {
        #expect(first("route", query) == nil)
    }

    @Test
    func `a decoded argument is not decoded again`() {
        func value(_ argument: String) -> String? {
            QueryString.value(of: "route", inDecodedArgument: Array(argument.utf8).span).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(value("route=/100%20+a&b") == "/100%20+a&b")
        #expect(value("route") == "")
        #expect(value("routes=/a") == nil)
        #expect(value("") == nil)
    }
}

struct CookieHeaderTests {
    @Test(arguments: [
        ("__nkpv=v1", "v1"), ("a=b; __nkpv=v1; __nkpv=v2", "v1"), ("a=b;__nkpv = v1 ;c=d", "v1"), ("__nkpv=a%20b%2Fc", "a b/c"),
        ("__nkpv=a+b", "a+b"),
        ("__nkpv=50%", "50%"), ("__nkpv=%zz%41", "%zz%41"), ("__nkpv=%FF%41", "%FF%41"), ("__nkpv=", ""), ("__nkpv=\"v 1\"", "v 1"),
        ("__nkpv=\"", "\""),
        ("__nkpv=a=b", "a=b"), ("x__nkpv=no; __nkpv=yes", "yes"), ("__nkpv; __nkpv=v1", "v1"), ("__nkpv=a%00b", "a\u{0}b"),
        (";;; __nkpv=v1", "v1"),
    ])
    func `the first cookie of a name is decoded, and raw where that fails`(header: String, value: String) {
        #expect(cookie(header) == value)
    }

    @Test(arguments: ["", ";", "=", "__nkpv", "__NKPV=v1", "__nkpvx=v1", "a=__nkpv=v1"])
    func `another name is no match`(header: String) {
        #expect(cookie(header) == nil)
    }
}

struct DeclaredIdentityTests {
    private func identity(query: String = "", cookies: String = "") -> DeclaredIdentity {
        var identity = DeclaredIdentity()
        identity.read(query: Array(query.utf8).span)
        identity.read(cookies: Array(cookies.utf8).span, cookieName: "__nkpv")
        return identity
    }

    @Test
    func `the version is the query's, else the cookie's, else the release, else unknown`() {
        let cookies = "__nkpv=from-cookie"
        #expect(identity(query: "v=q&version=w", cookies: cookies).version(release: "r") == "q")
        #expect(identity(query: "version=w", cookies: cookies).version(release: "r") == "w")
        #expect(identity(query: "v=", cookies: cookies).version(release: "r") == "from-cookie")
        #expect(identity(cookies: "__nkpv=").version(release: "r") == "r")
        #expect(identity(cookies: "__nkpv=%00").version(release: "r\n") == "r")
        #expect(identity().version(release: nil) == "unknown")
        #expect(identity().version(release: "") == "unknown")
    }

    @Test
    func `the route is the query's first, else a slash`() {
        #expect(identity(query: "route=%2Fa&route=%2Fb").route == "/a")
        #expect(identity(query: "route=").route == "/")
        #expect(identity(query: "route=%E2%80%AE%00").route == "/")
        #expect(identity().route == "/")
    }

    @Test
    func `what a client says comes out clean and short`() {
        let said = identity(query: "v=a%E2%80%AEb%00c&route=" + String(repeating: "%C3%A9", count: 300))
        #expect(said.version(release: nil) == "abc")
        #expect(said.route == String(repeating: "é", count: 128))
        #expect(identity(query: "v=%FF").version(release: nil) == "\u{FFFD}")
        #expect(identity(query: "v=__proto__&route=constructor").version(release: nil) == "__proto__")
    }

    @Test
    func `decoded arguments mean what the raw query means`() {
        var identity = DeclaredIdentity()
        for argument in ["x=1", "version=w", "route=/a b", "route=/second", "v=q", "v=z"] {
            identity.read(decodedArgument: Array(argument.utf8).span)
        }
        #expect(identity == self.identity(query: "x=1&version=w&route=/a%20b&route=/second&v=q&v=z"))
        #expect(identity.version(release: nil) == "q")
        #expect(identity.route == "/a b")
    }
}
