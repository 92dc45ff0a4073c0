import Testing

@testable import SkewCluster

@Suite struct RedisLocationTests {
    @Test func `a URL says where Redis is and how to log in`() throws {
        let plain = try #require(RedisLocation("redis://cache"))
        #expect(plain.target == .server(.host("cache", port: 6379)) && plain.login == nil && plain.database == 0 && !plain.isTLS)
        let full = try #require(RedisLocation("rediss://web:p%40ss%3A@[fd00::1]:7000/3"))
        #expect(full.target == .server(.host("fd00::1", port: 7000)) && full.isTLS && full.database == 3)
        #expect(full.login == .init(user: "web", password: "p@ss:"))
        #expect(RedisLocation("redis://:secret@cache:1/")?.login == .init(user: nil, password: "secret"))
        let socket = try #require(RedisLocation("unix:///run/redis%20one.sock?db=4"))
        #expect(socket.target == .server(.socket("/run/redis one.sock")) && socket.database == 4)
        let sentinel = try #require(RedisLocation("redis+sentinel://:pw@s1,s2:5/mymaster/1"))
        #expect(
            sentinel.target == .sentinels(.init(endpoints: [.host("s1", port: 26_379), .host("s2", port: 5)], master: "mymaster"))
                && sentinel.database == 1 && sentinel.login?.password == "pw")
    }

    @Test(arguments: [
        "", "cache:6379", "http://cache", "redis://", "redis://a b", "redis://cache:0", "redis://cache:70000", "redis://cache/x",
        "redis://user@cache", "redis://user:%zz@cache", "unix://", "unix:///", "unix:///s?database=1", "redis+sentinel://s1",
        "redis+sentinel://s1,/m", "redis://ca\u{7F}che", "redis://cache?x=1", "redis://a/1/2",
    ])
    func `anything else is refused`(_ text: String) {
        #expect(RedisLocation(text) == nil)
    }

    @Test func `what is shown of it has no password`() throws {
        let shown = try ["rediss://web:pass@cache:7", "unix:///s.sock", "redis+sentinel://u:pass@s1/m"].map {
            try #require(RedisLocation($0)).shown
        }
        #expect(shown == ["rediss://cache:7", "unix:///s.sock", "redis+sentinel://s1:26379/m"])
    }
}
