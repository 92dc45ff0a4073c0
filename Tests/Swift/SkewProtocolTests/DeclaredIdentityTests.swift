import Testing

@testable import SkewProtocol

private func route(_ query: String) -> String? {
    QueryString.firstValue(of: "route", in: Array(query.utf8).span).map { String(decoding: $0, as: UTF8.self) }
}

private func cookie(_ header: String, name: String = "__nkpv") -> String? {
    CookieHeader.firstValue(of: name, in: Array(header.utf8).span) { $0.text }
}

struct QueryStringTests {
    @Test(arguments: [
        ("route=/a", "/a"), ("x=1&route=/a&route=/b", "/a"), ("route=%2Fa%20b+c", "/a b c"), ("route=a%2Bb", "a+b"), ("route=%", "%"),
        ("route=%2", "%2"), ("route=%zz%41", "%zzA"), ("route=100%25", "100%"), ("route=%2520", "%20"), ("route=", ""), ("route", ""),
        ("%72oute=/a", "/a"), ("%72%6F%75%74%65=/a", "/a"), ("route=a=b", "a=b"), ("route==", "="),
        ("&&route=/a&", "/a"), ("&route=/a", "/a"), ("x&&&route=/a", "/a"), ("=&route=/a", "/a"), ("route=%C3%A9", "é"),
        ("route=a%00b", "a\u{0}b"), ("route=/a;b", "/a;b"), ("route=/hero;id=1", "/hero;id=1"), ("=x&route=y", "y"), ("v=%&route=/a", "/a"),
        ("route=/a?b=c", "/a?b=c"), ("route=//a", "//a"),
    ])
    func `the first value of a name is decoded`(query: String, value: String) {
        #expect(route(query) == value)
    }

    @Test(arguments: [
        "", "&", "=", "rout=/a", "routes=/a", "Route=/a", "x=route=/a", "?route=/a", "x;route=/a", "r+oute=/a", "%2572oute=/a",
    ])
    func `another name is no match`(query: String) {
        #expect(route(query) == nil)
    }

    @Test func `hundreds of arguments hide nothing`() {
        let many = (0..<500).map { "x\($0)=\($0)" }.joined(separator: "&")
        #expect(route(many + "&route=/a") == "/a")
    }
}

struct CookieHeaderTests {
    @Test(arguments: [
        ("__nkpv=v1", "v1"), ("a=b; __nkpv=v1; __nkpv=v2", "v1"), ("__nkpv=; __nkpv=v1", "v1"),
        ("__nkpv=\"\";__nkpv= ;__nkpv=v1", "v1"), ("__nkpv=%20; __nkpv=v1", " "), ("a=b;__nkpv = v1 ;c=d", "v1"),
        ("__nkpv=a%20b%2Fc", "a b/c"),
        ("__nkpv=a+b", "a+b"),
        ("__nkpv=50%", "50%"), ("__nkpv=%zz%41", "%zz%41"), ("__nkpv=%FF%41", "%FF%41"), ("__nkpv=\"v 1\"", "v 1"),
        ("__nkpv=\"", "\""),
        ("__nkpv=a=b", "a=b"), ("x__nkpv=no; __nkpv=yes", "yes"), ("__nkpv; __nkpv=v1", "v1"), ("__nkpv=a%00b", "a\u{0}b"),
        (";;; __nkpv=v1", "v1"),
    ])
    func `the first cookie of a name is decoded, and raw where that fails`(header: String, value: String) {
        #expect(cookie(header) == value)
    }

    @Test(arguments: ["", ";", "=", "__nkpv", "__NKPV=v1", "__nkpvx=v1", "a=__nkpv=v1", "__nkpv=", "__nkpv=\"\""])
    func `another name is no match`(header: String) {
        #expect(cookie(header) == nil)
    }

    @Test func `all cookies of a name are there for who tries each`() {
        let header = Array("sid=old; a=b; sid=; sid=%22x%22; SID=no; sid=\"good\"".utf8)
        #expect(CookieHeader.values(of: "sid", in: header.span).map { String(decoding: $0, as: UTF8.self) } == ["old", "\"x\"", "good"])
        #expect(CookieHeader.values(of: "none", in: header.span).isEmpty)
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

    @Test(arguments: [
        ("v=1.2.3+45", "1.2.3+45"), ("v=1.2.3%2B45", "1.2.3+45"), ("version=1.2.3+45", "1.2.3+45"), ("v=build%2042", "build 42"),
        ("v=a;b", "a;b"), ("&v=x", "x"), ("route=/a&&v=x", "x"), ("v=x&", "x"), ("v=&v=x", "x"), ("%76=x", "x"), ("v=%", "%"), ("V=x", "r"),
    ])
    func `a version is read as it was written, a bare plus too`(query: String, version: String) {
        #expect(identity(query: query).version(release: "r") == version)
    }

    @Test
    func `a route is named as in a message`() {
        #expect(identity(query: "route=%2Fa+b").route == "/a b")
        #expect(identity(query: "route=%2F%25E9%259D%25B4%2F").route == "/靴")
        #expect(identity(query: "route=/hero;id=1&v=x").route == "/hero;id=1")
        var folded = DeclaredIdentity()
        folded.read(query: Array("route=/users/7".utf8).span, routes: RouteNames([RoutePattern("/users/*")!]))
        #expect(folded.route == "/users/*")
    }
}
