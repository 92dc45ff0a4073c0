import Testing
import WebSocketLoop

@testable import SkewWatch

@Suite struct EndpointTests {
    private static let paths = [
        "/ws", "/sse", "/route", "/subscribe-stats", "/health", "/admin/stats", "/admin/history", "/admin/release", "/admin/revoke",
    ]

    @Test(arguments: ["/__skew", "/pro/__skew", ""])
    func `every endpoint lies right under the base path`(basePath: String) {
        #expect(Set(Endpoints.all.map(\.path)).isSuperset(of: Self.paths))
        for endpoint in Endpoints.all {
            let rows = Endpoints.at(path: Array((basePath + endpoint.path + (endpoint.takesNumber ? "/17" : "")).utf8), basePath: basePath)
            let expected = Endpoints.all.filter { $0.path == endpoint.path && $0.takesNumber == endpoint.takesNumber }
            #expect(rows.map(\.method) == expected.map(\.method) && rows.allSatisfy { $0.path == endpoint.path })
        }
    }

    @Test(arguments: [
        "", "/", "/__skew", "/__skew/", "/ws", "/__skewws", "/__skew//ws", "/__skew/ws/", "/__skew/WS", "/__SKEW/ws", "/pro/__skew/ws",
        "/__skew/ws\0", "/__skew/ws?", "/__skew/admin", "/__skew/admin/", "/__skew/admin/release/", "/__skew/admin/release/x",
        "/__skew/admin/release/1/2", "/__skew/admin/stats/1", "/__skew/../__skew/ws", "__skew/ws",
    ])
    func `no other path is an endpoint`(path: String) {
        #expect(Endpoints.at(path: Array(path.utf8), basePath: "/__skew").isEmpty)
    }

    @Test func `bytes that are no text are no endpoint`() {
        #expect(Endpoints.at(path: Array("/__skew/ws".utf8) + [0xFF], basePath: "/__skew").isEmpty)
        #expect(Endpoints.at(path: [0xFF], basePath: "").isEmpty)
    }

    @Test func `no two rows take the same request`() {
        #expect(Set(Endpoints.all.map { "\($0.method) \($0.path)" }).count == Endpoints.all.count)
    }

    @Test func `what an endpoint allows is what it takes, HEAD with GET, and OPTIONS`() {
        #expect(Endpoints.allow([.health]) == "GET, HEAD, OPTIONS")
        #expect(Endpoints.allow([.postedRoute]) == "POST, OPTIONS")
        #expect(Endpoints.allow([.health, .postedRoute]) == "GET, HEAD, POST, OPTIONS")
    }

    @Test func `only what writes needs the admin token, and what is an operator's is written down`() {
        for endpoint in Endpoints.all {
            #expect(endpoint.isOperators == endpoint.path.hasPrefix("/admin/"))
            if endpoint.isOperators, endpoint.method != .get { #expect(endpoint.access == .writing) }
            if [.post, .patch].contains(endpoint.method), endpoint.isOperators { #expect(endpoint.fields != nil) }
            if !endpoint.isOperators { #expect(![.reading, .optionalReading, .writing].contains(endpoint.access)) }
        }
    }
}
