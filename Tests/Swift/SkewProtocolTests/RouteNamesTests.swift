import SkewProtocol
import TestRandom
import Testing

private func name(_ route: String, _ patterns: String...) -> String? {
    RouteNames(patterns.map { RoutePattern($0)! }).name(of: route)
}

struct RouteNamesTests {
    @Test(arguments: [
        ("/%E8%A3%BD%E5%93%81/%e9%9d%b4", "/製品/靴"), ("/caf%C3%A9", "/café"), ("/a%20b", "/a b"), ("/%7Euser", "/~user"),
        ("/%F0%9F%98%80", "/😀"), ("/a%3Fb%23c", "/a?b#c"), ("/%41%42", "/AB"), ("/製品", "/製品"), ("/plain-1_2.html", "/plain-1_2.html"),
        // What would mean something else stays, spelled in one way.
        ("/files/a%2Fb", "/files/a%2Fb"), ("/files/a%2fb", "/files/a%2Fb"), ("/100%25", "/100%25"), ("/%2541", "/%2541"),
        ("/a%00b", "/a%00b"), ("/a%0D%0ab", "/a%0D%0Ab"), ("/%7F", "/%7F"), ("/%C2%85", "/%C2%85"),
        // What is no UTF-8 stays: lone bytes, halves, surrogates, overlong forms, beyond the last scalar.
        ("/%FF", "/%FF"), ("/%E8%A3", "/%E8%A3"), ("/%E8%A3x", "/%E8%A3x"), ("/%ED%A0%80", "/%ED%A0%80"), ("/%C0%AF", "/%C0%AF"),
        ("/%E0%80%AF", "/%E0%80%AF"), ("/%F4%90%80%80", "/%F4%90%80%80"), ("/%FF%C3%A9", "/%FFé"), ("/%C3%C3%A9", "/%C3é"),
        // What is no escape stays.
        ("/100%", "/100%"), ("/%", "/%"), ("/%4", "/%4"), ("/%zz", "/%zz"), ("/%%41", "/%A"), ("/50%-off", "/50%-off"),
    ])
    func `a route is decoded where that leaves its meaning`(route: String, expected: String) {
        #expect(name(route) == expected)
    }

    @Test(arguments: [
        ("/", "/"), ("//", "/"), ("/a/", "/a"), ("/a//", "/a"), ("/a", "/a"), ("/%E9%9D%B4/", "/靴"), ("/a%2F", "/a%2F"), ("a/", "a"),
        ("/a/?x=1", "/a/?x=1"), ("/a/%E2%80%AE", "/a"), ("/%E2%80%AE/", "/"),
    ])
    func `a slash at the end makes no other page`(route: String, expected: String) {
        #expect(name(route) == expected)
    }

    @Test func `it is decoded before it is cut`() {
        let long = "/" + String(repeating: "%E9%9D%B4", count: 80)
        #expect(name(long + "%E8%B5%A4") == "/" + String(repeating: "靴", count: 80) + "赤")
        #expect(name(long + "%E9%9D%92") != name(long + "%E8%B5%A4"))
        #expect(name("/" + String(repeating: "%20", count: 400))?.utf8.count == 256)
    }

    @Test func `what is hidden by escapes is cleaned like anything else`() {
        #expect(name("/a%E2%80%AEb") == "/ab")
        #expect(name("%E2%80%AE") == nil)
        #expect(name("") == nil)
    }

    @Test(arguments: [
        ("/users/7", "/users/*"), ("/users/7/edit", "/users/*"), ("/users/%E9%9D%B4/", "/users/*"), ("/users", "/users"),
        ("/users/", "/users"), ("/users/new", "/users/new"), ("/p/9", "/p/:id"), ("/p/9/edit", "/p/9/edit"), ("/p/", "/p"),
        ("/t/a/x", "/t/*/x"), ("/t/a/b/x", "/t/a/b/x"), ("/t//x", "/t//x"), ("/Users/7", "/Users/7"), ("users/7", "users/7"),
        ("/p/a%2Fb", "/p/:id"),
    ])
    func `the first pattern that fits takes a route's place`(route: String, expected: String) {
        // The route itself can't be a pattern: `/users/new` comes first by having one of its own.
        let patterns = ["/users/*", "/p/:id", "/t/*/x", "/p/*/never"]
        let names = RouteNames((route == "/users/new" ? [] : patterns).map { RoutePattern($0)! })
        #expect(names.name(of: route) == expected)
    }

    @Test func `of two patterns that fit the first counts`() {
        #expect(name("/users/7/edit", "/users/:id/edit", "/users/*") == "/users/:id/edit")
        #expect(name("/users/7/edit", "/users/*", "/users/:id/edit") == "/users/*")
        #expect(name("/anything/at/all", "/*") == "/*")
        #expect(name("/", "/*") == "/")
    }

    @Test func `a route too long to be kept still fits its pattern`() {
        #expect(name("/" + String(repeating: "a", count: 300) + "/edit", "/:name/edit") == "/:name/edit")
    }

    @Test(arguments: [
        "", "/", "users/*", "/users", "/users/", "/users//*", "/users/*/", "/us*", "/users/**", "/:", "/a/:id*", "/\u{202E}/*",
        "/" + String(repeating: "a", count: 256) + "/*",
    ])
    func `what stands for nothing, or for one route alone, is no pattern`(text: String) {
        #expect(RoutePattern(text) == nil)
    }

    @Test(arguments: Seeds.some(1)) func `whatever a route is, its name is short, clean and has no slash at its end`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "/", "%", "%2F", "%2f", "%25", "a", "%41", "%E9%9D%B4", "靴", "%E9", "%00", "?", " ", "%20", "é", "%C3", "4", "1", "%E2%80%AE",
        ]
        for _ in 0..<2000 {
            let route = "/" + (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
            guard let once = name(route) else { continue }
            #expect(once.utf8.count <= 256 && (once == "/" || !once.hasSuffix("/")), "\(route)")
        }
    }
}
