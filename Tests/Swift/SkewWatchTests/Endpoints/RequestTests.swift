import Testing
import WebSocketLoop

@testable import SkewWatch

@Suite struct RequestTests {
    private func token(_ authorization: String?, own: String? = nil) -> String? {
        Request.token(own: own.map { Array($0.utf8) }, authorization: authorization.map { Array($0.utf8) })
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a token stands behind Bearer or alone`() {
        #expect(token("Bearer t0ken") == "t0ken" && token("bearer  t0ken") == "t0ken" && token("t0ken") == "t0ken")
        #expect(token(nil) == nil && token("") == nil)
    }

    @Test(arguments: ["Basic b3BzOnB3", "Digest username=\"x\"", "Negotiate YII", "ApiKey x"])
    func `another scheme is a proxy's and shows none`(authorization: String) {
        #expect(token(authorization) == nil)
        #expect(token(authorization, own: "t0ken") == "t0ken")
    }

    @Test func `a header of its own comes first`() {
        #expect(token("Bearer other", own: "t0ken") == "t0ken")
        #expect(token("Bearer other", own: "Bearer t0ken") == "t0ken")
        #expect(token("Bearer other", own: "") == "other")
    }
}

@Suite struct OptionsTests {
    private func header(_ name: String, _ page: CrossOrigin, asked: String? = nil) -> String? {
        HTTPResponse.options(allow: "POST, OPTIONS", page, asked: asked.map { Array($0.utf8) }).headers.first { $0.name == name }?.value
    }

    @Test func `whoever asks is told the methods, and only an allowed page what it may send`() {
        for page in [CrossOrigin.none, .same, .allowed("https://a.example")] { #expect(header("Allow", page) == "POST, OPTIONS") }
        #expect(header("Access-Control-Allow-Methods", .same) == nil && header("Access-Control-Allow-Headers", .none) == nil)
        #expect(header("Access-Control-Allow-Methods", .allowed("https://a.example")) == "POST, OPTIONS")
    }

    @Test(arguments: [
        (nil, ""), ("content-type", ""), ("Traceparent, X-Request-Id,baggage", ", traceparent, x-request-id, baggage"),
        ("x y", ", x, y"), ("ok, b@d, né, <script>", ", ok"), (String(repeating: "a", count: 65), ""),
    ])
    func `an allowed page may send the headers it asks for, if that is what they are`(asked: String?, more: String) {
        let allowed = header("Access-Control-Allow-Headers", .allowed("https://a.example"), asked: asked)
        #expect(allowed == "authorization, content-type, skewwatch-token" + more)
    }
}
