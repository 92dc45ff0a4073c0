import SkewProtocol
import TestFailing
import Testing
import WebSocketLoop

@testable import SkewWatch

/// The whole rule as tables: what is asked, by whom, and what comes of it.
@Suite struct RoutingTests {
    private static let pages: [CrossOrigin] = [.none, .same, .allowed("https://other.example"), .refused]
    private static let decisions: [(AccessDecision?, String, String)] = [
        (.granted(Caller(name: "admin-token", scope: .ips)), "ok admin-token", "ok admin-token"), (.missing, "401", "204"),
        (.wrong, "401", "401"),
        (.noneConfigured, "503", "204"), (.tooManyWrong(.milliseconds(200)), "429", "429"), (.undecided, "503", "503"),
        (nil, "undecided", "undecided"),
    ]

    /// In a few words: `ok`, `options …`, `file …`, `to …`, or the status of a refusal.
    private func outcome(
        _ method: RequestHead.Method?, _ path: String, page: CrossOrigin = .none,
        access: AccessDecision? = .granted(Caller(name: "admin-token", scope: .ips)),
        isUsedUp: Bool = false, isJSON: Bool = true, namesCaller isNamed: Bool = false, basePath: String = "/__skew",
        servesOperators: Bool = true
    ) -> String {
        var request = Request(method: method, path: Array((basePath + path).utf8))
        request.hasJSONBody = isJSON
        switch Routing.of(
            request, basePath: basePath, servesOperators: servesOperators, page: page, isAddressUsedUp: isUsedUp, access: { _ in access })
        {
        case .endpoint(_, let caller): return caller == nil || !isNamed ? "ok" : "ok \(caller!.name)"
        case .undecided: return "undecided"
        case .options(let allow): return "options \(allow)"
        case .asset(let asset): return "file \(asset.name)"
        case .redirect(let path): return "to \(path)"
        case .refused(let refusal, _): return "\(refusal.response.status)"
        }
    }

    @Test(arguments: [
        (RequestHead.Method.get, "/ws", "ok"), (.head, "/ws", "ok"), (.post, "/ws", "405"), (.options, "/ws", "options GET, HEAD, OPTIONS"),
        (.get, "/sse", "ok"), (.head, "/sse", "ok"), (.delete, "/sse", "405"), (.get, "/health", "ok"), (.head, "/health", "ok"),
        (.put, "/health", "405"), (.post, "/route", "ok"), (.get, "/route", "405"), (.head, "/route", "405"),
        (.options, "/route", "options POST, OPTIONS"), (.post, "/subscribe-stats", "ok"), (.patch, "/subscribe-stats", "405"),
        (.get, "/admin/stats", "ok"), (.head, "/admin/stats", "ok"), (.post, "/admin/stats", "405"), (.get, "/admin/history", "ok"),
        (.post, "/admin/revoke", "ok"), (.post, "/admin/release", "ok"), (.connect, "/health", "405"),
    ])
    func `a path takes its methods`(method: RequestHead.Method, path: String, expected: String) {
        #expect(outcome(method, path) == expected)
        #expect(outcome(method, path, basePath: "/pro/__skew") == expected)
        #expect(outcome(method, path, basePath: "") == expected)
    }

    @Test func `a method without a name is none of an endpoint's`() {
        #expect(outcome(nil, "/health") == "405")
        #expect(outcome(nil, "/nothing") == "404")
        #expect(outcome(nil, "/client.js") == "405")
    }

    private func place(of endpoint: Endpoint) -> String { endpoint.path + (endpoint.takesNumber ? "/7" : "") }

    @Test(arguments: pages)
    func `a foreign page may use what is open and nothing else`(page: CrossOrigin) {
        for endpoint in Endpoints.all {
            let expected = page == .refused && endpoint.path != "/health" ? "403" : "ok"
            #expect(outcome(endpoint.method, place(of: endpoint), page: page) == expected, "\(endpoint.path)")
            #expect(outcome(.options, place(of: endpoint), page: page).hasPrefix(page == .refused ? "403" : "options"))
        }
    }

    @Test func `what is an operator's is for whom the desk lets in`() {
        for (decision, expected, expectedWhereOptional) in Self.decisions {
            for endpoint in Endpoints.all {
                let seen = outcome(endpoint.method, place(of: endpoint), access: decision, namesCaller: true)
                switch endpoint.access {
                case .open, .ownPages, .newConnection: #expect(seen == "ok")
                case .reading, .writing: #expect(seen == expected)
                case .optionalReading: #expect(seen == expectedWhereOptional)
                }
            }
        }
    }

    @Test func `where operators have a port of their own, nothing of theirs is here`() {
        for endpoint in Endpoints.all {
            for method in [endpoint.method, .options] {
                let seen = outcome(method, place(of: endpoint), servesOperators: false)
                #expect((seen == "404") == endpoint.isOperators, "\(method) \(endpoint.path) \(seen)")
            }
        }
    }

    @Test func `a foreign page learns nothing of a token`() {
        for (decision, _, _) in Self.decisions { #expect(outcome(.post, "/admin/release", page: .refused, access: decision) == "403") }
    }

    @Test func `who guesses is told when to come back, and never at once`() {
        for (wait, seconds) in [(Duration.zero, "1"), (.milliseconds(1), "1"), (.milliseconds(1500), "2"), (.seconds(9), "10")] {
            let response = Refusal(.tooManyWrong(wait), at: .adminStatistics).response
            #expect(response.headers.contains { $0 == ("Retry-After", seconds) }, "\(wait)")
        }
    }

    @Test func `an address that has all its connections gets no more, and may go on asking`() {
        for endpoint in Endpoints.all {
            let expected = endpoint.path == "/ws" || endpoint.path == "/sse" ? "429" : "ok"
            #expect(outcome(endpoint.method, place(of: endpoint), isUsedUp: true) == expected)
        }
        #expect(outcome(.get, "/ws", page: .refused, isUsedUp: true) == "403")
    }

    @Test func `a body must be JSON, which is looked at last`() {
        for path in ["/route", "/subscribe-stats", "/admin/release", "/admin/revoke"] {
            #expect(outcome(.post, path, isJSON: false) == "415")
            #expect(outcome(.post, path, page: .refused, isJSON: false) == "403")
        }
        #expect(outcome(.post, "/admin/release", access: .wrong, isJSON: false) == "401")
        #expect(outcome(.get, "/health", isJSON: false) == "ok")
    }

    @Test(arguments: [
        ("/client.js", "file client.js"), ("/dashboard", "file dashboard.html"), ("/dashboard/", "to ../dashboard"), ("/", "to dashboard"),
        ("", "to __skew/dashboard"), ("/nothing", "404"), ("/dashboard//", "404"), ("//", "404"), ("/Dashboard/", "404"), ("/ws/", "404"),
    ])
    func `files lie beside the endpoints, and the dashboard is found by what people type`(path: String, expected: String) {
        for page in Self.pages {
            #expect(outcome(.get, path, page: page) == expected)
            #expect(outcome(.head, path, page: page) == expected)
        }
        #expect(outcome(.post, path) == (expected == "404" ? "404" : "405"))
        #expect(outcome(.options, path) == (expected == "404" ? "404" : "options GET, HEAD, OPTIONS"))
    }

    @Test func `the dashboard is found under any base path`() throws {
        #expect(outcome(.get, "", basePath: "/pro/__skew") == "to __skew/dashboard")
        #expect(outcome(.get, "/", basePath: "") == "to dashboard")
        let root = Routing.of(Request(method: .get, path: [UInt8(ascii: "/")]), basePath: "/pro/__skew", page: .none)
        guard case .redirect("pro/__skew/dashboard") = root else { throw Unexpected(root) }
        #expect(outcome(.get, "", basePath: "") == "404")
    }
}
