import Testing
import WebSocketLoop

@testable import SkewWatch

@Suite struct InternalRoutingTests {
    private func routing(_ path: String, _ method: RequestHead.Method? = .get, host: String? = "10.0.0.1:9090") -> InternalRouting {
        .of(method: method, path: Array(path.utf8), host: host.map { Array($0.utf8) }, names: ["skewwatch", "skewwatch.internal"])
    }

    private func status(_ routing: InternalRouting) -> Int? {
        if case .answer(let response) = routing { response.status } else { nil }
    }

    @Test func `there are three paths, and each takes GET, HEAD and OPTIONS`() {
        #expect(routing("/live") == .live && routing("/ready", .head) == .ready && routing("/metrics") == .metrics)
        for path in ["/live", "/ready", "/metrics"] {
            #expect(status(routing(path, .options)) == 204)
            for method in [RequestHead.Method.post, .put, .delete, nil] { #expect(status(routing(path, method)) == 405) }
        }
        for path in ["", "/", "/live/", "/Live", "/metrics\0", "/__skew/health"] { #expect(status(routing(path)) == 404) }
    }

    @Test(arguments: [
        nil, "127.0.0.1", "127.0.0.1:9090", "10.1.2.3:9090", "[::1]:9090", "[fd00::1]", "localhost", "LOCALHOST:9090", "skewwatch:9090",
        "SkewWatch", "skewwatch.internal",
    ])
    func `it may be asked for by an address, localhost or a name of its own`(host: String?) {
        #expect(routing("/metrics", host: host) == .metrics)
    }

    @Test(arguments: [
        "evil.example", "evil.example:9090", "skewwatch.evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "::1", "",
        "skewwatch:9090x", "loca\u{017F}t", "s\u{212A}ewwatch", "sKewwatch.", "[::1", "10.0.0.1, skewwatch",
    ])
    func `a page that its own name led here is refused`(host: String) {
        for path in ["/live", "/ready", "/metrics", "/"] { #expect(status(routing(path, host: host)) == 403) }
    }
}
