import Testing

@testable import SkewWatch

@Suite struct EndpointTests {
    @Test(arguments: ["/__skew", "/pro/__skew", ""])
    func `every endpoint lies right under the base path`(basePath: String) {
        for endpoint in Endpoint.allCases {
            #expect(Endpoint(path: Array((basePath + endpoint.rawValue).utf8), basePath: basePath) == endpoint)
        }
    }

    @Test(arguments: [
        "", "/", "/__skew", "/__skew/", "/ws", "/__skewws", "/__skew//ws", "/__skew/ws/", "/__skew/WS", "/__SKEW/ws", "/pro/__skew/ws",
        "/__skew/ws\0", "/__skew/ws?", "/__skew/admin", "/__skew/admin/", "/__skew/../__skew/ws", "__skew/ws",
    ])
    func `no other path is an endpoint`(path: String) {
        #expect(Endpoint(path: Array(path.utf8), basePath: "/__skew") == nil)
    }

    @Test func `bytes that are no text are no endpoint`() {
        #expect(Endpoint(path: Array("/__skew/ws".utf8) + [0xFF], basePath: "/__skew") == nil)
        #expect(Endpoint(path: [0xFF], basePath: "") == nil)
    }

    @Test func `what an endpoint allows is what it takes, and OPTIONS`() {
        #expect(Endpoint.events.allow == "GET, OPTIONS")
        #expect(Endpoint.health.allow == "GET, HEAD, OPTIONS")
        #expect(Endpoint.route.allow == "POST, OPTIONS")
    }
}
