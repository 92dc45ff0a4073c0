import HTTPCall
import Logging
import SkewProtocol
import Synchronization
import TestFailing
import TestServer
import Testing

@testable import SkewWatch

struct AuthorizeURLTests {
    private static func answer(_ status: Int, _ body: String = "", type: String? = "application/json") -> AuthorizeURLAnswer {
        AuthorizeURLAnswer(HTTPAnswer(status: status, contentType: type, body: Array(body.utf8)))
    }

    @Test(arguments: [
        ("", "application/json"), ("", nil), ("{}", "application/json"), ("true", "application/json"), ("OK", "text/plain"),
        (#"{"user":{"name":"ada"}}"#, "application/json; charset=utf-8"),
    ])
    func `a success authorizes for all, for five minutes`(body: String, type: String?) {
        for status in [200, 201, 204, 299] { #expect(Self.answer(status, body, type: type) == .granted(scope: .ips, ttl: .seconds(300))) }
    }

    @Test func `an answer in JSON narrows it`() {
        #expect(Self.answer(200, #"{"scope":"counts"}"#) == .granted(scope: .counts, ttl: .seconds(300)))
        #expect(Self.answer(200, #"{"scope":"routes","ttl":10}"#) == .granted(scope: .routes, ttl: .seconds(10)))
        #expect(Self.answer(200, #"{"scope":"connections"}"#, type: "text/plain") == .granted(scope: .connections, ttl: .seconds(300)))
        #expect(Self.answer(200, #"{"ttl":1e300}"#) == .granted(scope: .ips, ttl: .seconds(86_400)))
        #expect(Self.answer(200, #"{"ttl":0.001}"#) == .granted(scope: .ips, ttl: .seconds(1)))
    }

    @Test func `an answer may say whose the connection is`() {
        #expect(Self.answer(200, #"{"scope":"counts","tag":" acme\n"}"#) == .granted(scope: .counts, ttl: .seconds(300), tag: " acme"))
        for tag in ["null", #""""#] { #expect(Self.answer(200, #"{"tag":\#(tag)}"#) == .granted(scope: .ips, ttl: .seconds(300))) }
        #expect(Self.answer(200, #"{"tag":7}"#) == .fault("its tag is no string"))
        let long = String(repeating: "x", count: 100)
        #expect(Self.answer(200, #"{"tag":"\#(long)"}"#) == .granted(scope: .ips, ttl: .seconds(300), tag: String(long.prefix(64))))
    }

    @Test(arguments: [401, 403])
    func `a no is a no`(status: Int) {
        #expect(Self.answer(status, #"{"scope":"ips"}"#) == .denied("answered \(status)"))
    }

    @Test(arguments: [
        (#"{"authorized":false}"#, "authorized"), (#"{"error":{"code":403,"message":"permission denied"}}"#, "error"),
        (#"{"allowed":false,"scope":"ips"}"#, "allowed"), (#"{"ok":"true"}"#, "ok"), (#"{"ok":true,"allowed":null}"#, "allowed"),
        (#"{"scope":"ips","errors":[{"message":"no"}]}"#, "errors"), (#"{"error":""}"#, "error"), (#"{"ok":1}"#, "ok"), ("false", "false"),
    ])
    func `a no in the words of a success is a no`(body: String, member: String) {
        #expect(Self.answer(200, body) == .deniedInWords(member: member))
    }

    @Test(arguments: [
        #"{"ok":true}"#, #"{"authorized":true,"allowed":true}"#, #"{"error":null}"#, #"{"error":false,"errors":[]}"#, "{}", "true",
    ])
    func `a yes in the words of a success is a yes`(body: String) {
        #expect(Self.answer(200, body) == .granted(scope: .ips, ttl: .seconds(300)))
    }

    @Test(
        arguments: [
            (500, "", "application/json"), (302, "", "application/json"), (404, "", nil), (429, "", nil), (100, "", nil), (0, "", nil),
            (200, "{", "application/json"), (200, #"{"scope":"all"}"#, "application/json"), (200, #"{"scope":1}"#, "application/json"),
            (200, #"{"ttl":-1}"#, "application/json"), (200, #"{"ttl":"9"}"#, "application/json"),
            (200, #"{"scope":"ips","scope":"counts"}"#, "application/json"), (200, "null", "application/json"),
            (200, "[]", "application/json"), (200, "\u{1F}\u{8B}", "application/json"), (200, "<html></html>", "text/html; charset=utf-8"),
            (200, #"{"scope":null}"#, "application/json"), (200, "nonsense", nil),
        ] as [(Int, String, String?)])
    func `whatever else comes is a fault and denies`(status: Int, body: String, type: String?) throws {
        let answer = Self.answer(status, body, type: type)
        guard case .fault = answer else { throw Unexpected(answer) }
    }

    // MARK: Asking

    private static let request = request(cookie: "session=1")

    private static func request(cookie: String?, id: String = "a", token: String? = nil) -> StatsRequest {
        StatsRequest(
            connection: ConnectionInfo(id: id, version: "v\"1", route: "/x", address: nil),
            credentials: Credentials(
                head: HandshakeHead(cookie: cookie, authorization: "Bearer b", origin: "https://app.example", userAgent: "UA"), token: token
            ))
    }

    private final class App: Sendable {
        let requests = Mutex<[HTTPRequest]>([])
        let time = Mutex(Duration.zero)
        let reply: @Sendable () throws(HTTPFault) -> HTTPAnswer
        init(_ reply: @escaping @Sendable () throws(HTTPFault) -> HTTPAnswer) { self.reply = reply }
        var count: Int { requests.withLock { $0.count } }
        func authorizer(_ logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) -> AuthorizeURL {
            let clock = { @Sendable in self.time.withLock { $0 } }
            return AuthorizeURL(url: "http://app/", audit: AuditLog(logger: logger), clock: clock) { request throws(HTTPFault) in
                self.requests.withLock { $0.append(request) }
                await Task.yield()
                return try self.reply()
            }
        }
    }

    @Test func `the app is shown the handshake and told which connection it is`() async throws {
        let app = App { HTTPAnswer(status: 200, contentType: "application/json", body: Array(#"{"scope":"routes","ttl":60}"#.utf8)) }
        let verdict = await app.authorizer().judge(Self.request(cookie: "session=1", token: "t"))
        #expect(verdict == .granted(Grant(authorizer: .authorizeURL, scope: .routes, expires: .seconds(60), who: nil)))
        let request = try #require(app.requests.withLock { $0.first })
        #expect(
            request.headers.map { "\($0.name): \($0.value)" } == [
                "Cookie: session=1", "Authorization: Bearer b", "Origin: https://app.example", "User-Agent: UA",
                "Content-Type: application/json", "Accept: application/json",
            ])
        #expect(String(decoding: request.body ?? [], as: UTF8.self) == #"{"connectionId":"a","route":"/x","token":"t","version":"v\"1"}"#)
        #expect(request.timeout == .seconds(2))
    }

    @Test func `many with the same credentials are one question`() async {
        let app = App { HTTPAnswer(status: 200) }
        let authorizer = app.authorizer()
        await withTaskGroup(of: Decision.self) { group in
            for number in 0..<500 { group.addTask { await authorizer.judge(Self.request(cookie: "session=1", id: "\(number)")) } }
            for await verdict in group { #expect(verdict != .denied("")) }
        }
        #expect(app.count == 1)
        _ = await authorizer.judge(Self.request(cookie: "session=2"))
        #expect(app.count == 2)
    }

    @Test func `a yes is asked for again after five seconds, a no after two, a fault after one`() async {
        for (status, seconds) in [(200, 5), (403, 2), (500, 1)] {
            let app = App { HTTPAnswer(status: status) }
            let authorizer = app.authorizer()
            _ = await authorizer.judge(Self.request)
            app.time.withLock { $0 = .seconds(seconds) - .milliseconds(1) }
            _ = await authorizer.judge(Self.request)
            #expect(app.count == 1, "status \(status)")
            app.time.withLock { $0 = .seconds(seconds) }
            _ = await authorizer.judge(Self.request)
            #expect(app.count == 2, "status \(status)")
        }
    }

    @Test func `what was said before a revocation is forgotten`() async {
        let app = App { HTTPAnswer(status: 200) }
        let authorizer = app.authorizer()
        _ = await authorizer.judge(Self.request)
        authorizer.forget()
        _ = await authorizer.judge(Self.request)
        #expect(app.count == 2)
    }

    @Test func `faults deny, and a flood of them is a few lines`() async {
        let app = App { () throws(HTTPFault) in throw .timedOut }
        let lines = LogLines()
        let authorizer = app.authorizer(lines.logger)
        for number in 0..<100 {
            #expect(await authorizer.judge(Self.request(cookie: "session=\(number)")) == .undecided("the app did not decide"))
        }
        #expect(lines.all.count == 5)
        #expect(lines.all.allSatisfy { $0.contains("it did not answer in time") && !$0.contains("session") })
    }
}
