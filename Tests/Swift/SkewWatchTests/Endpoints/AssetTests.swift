import Testing
import WebSocketLoop

@testable import SkewWatch

@Suite struct AssetTests {
    private func asset(_ path: String, under basePath: String = "/__skew") -> Asset? {
        Asset.at(path: Array(path.utf8), basePath: basePath)
    }

    private func value(_ name: String, in response: HTTPResponse?) -> String? {
        response?.headers.first { $0.name == name }?.value
    }

    @Test(arguments: [
        ("dashboard", "text/html; charset=utf-8"), ("dashboard.html", "text/html; charset=utf-8"),
        ("dashboard.css", "text/css; charset=utf-8"), ("dashboard.js", "text/javascript; charset=utf-8"),
        ("client.js", "text/javascript; charset=utf-8"), ("vue.js", "text/javascript; charset=utf-8"),
        ("client.d.ts", "text/plain; charset=utf-8"),
    ])
    func `a file has its type, and only a page has a policy`(name: String, type: String) {
        let response = asset("/__skew/\(name)")?.response(known: nil)
        #expect(response?.status == 200 && response?.body.isEmpty == false && value("Content-Type", in: response) == type)
        #expect(value("X-Content-Type-Options", in: response) == "nosniff")
        let isPage = type.hasPrefix("text/html")
        let policy = value("Content-Security-Policy", in: response)
        #expect((policy != nil) == isPage)
        if isPage {
            #expect(policy?.contains("default-src 'none'") == true && policy?.contains("frame-ancestors 'none'") == true)
            #expect(policy?.contains("unsafe") == false)
        }
        #expect((value("Access-Control-Allow-Origin", in: response) == "*") == !isPage)
    }

    @Test func `a browser that has the file is told so without its bytes`() throws {
        let file = try #require(asset("/__skew/client.js"))
        let tag = try #require(value("ETag", in: file.response(known: nil)))
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.utf8.count == 34)
        for known in [tag, "*", "W/\(tag)", "\"other\", \(tag)"] {
            let response = file.response(known: Array(known.utf8))
            #expect(response.status == 304 && response.body.isEmpty && value("ETag", in: response) == tag, "\(known)")
        }
        for known in ["", "\"other\"", String(tag.dropLast(2)), "\u{FFFD}"] {
            #expect(file.response(known: Array(known.utf8)).status == 200, "\(known)")
        }
        #expect(asset("/__skew/vue.js")?.tag != file.tag)
    }

    @Test(arguments: [
        "", "/", "/__skew", "/__skew/", "/client.js", "/__skew/Client.js", "/__skew/client.js/", "/__skew//client.js",
        "/__skew/../client.js", "/__skew/client.js\0", "/__skewclient.js", "/__skew/Assets/client.js", "/__skew/../../etc/passwd",
    ])
    func `no other path is a file`(path: String) {
        #expect(asset(path) == nil)
    }

    @Test func `files lie under any base path`() {
        #expect(asset("/pro/__skew/client.js", under: "/pro/__skew") != nil)
        #expect(asset("/client.js", under: "") != nil)
        #expect(asset("/__skew/client.js", under: "/pro/__skew") == nil)
    }
}
