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

    @Test
    func `a page may be shown in a frame only where the settings say so`() throws {
        let page = try #require(asset("/__skew/dashboard"))
        let closed = page.response(known: nil)
        #expect(value("Content-Security-Policy", in: closed)?.contains("frame-ancestors 'none';") == true)
        #expect(value("X-Frame-Options", in: closed) == "DENY")
        let open = page.response(known: nil, frameAncestors: ["https://grafana.example.com", "https://*.example.org"])
        #expect(
            value("Content-Security-Policy", in: open)?.contains("frame-ancestors https://grafana.example.com https://*.example.org;")
                == true)
        #expect(value("X-Frame-Options", in: open) == nil)
    }

    @Test(arguments: [
        ("dashboard", "text/html; charset=utf-8"), ("dashboard.html", "text/html; charset=utf-8"), ("tab", "text/html; charset=utf-8"),
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
        #expect(asset("/__skew/vue.js")?.tag() != file.tag())
    }

    @Test(arguments: [("gzip, deflate", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0, gzip", "gzip"), ("br", "br")])
    func `who takes a compressed form gets the bytes that were compressed when the server was built`(accepted: String, form: String) throws
    {
        let file = try #require(asset("/__skew/client.js"))
        let plain = file.response(known: nil, encodings: Array("identity, zstd".utf8))
        let packed = file.response(known: nil, encodings: Array(accepted.utf8))
        #expect(value("Content-Encoding", in: plain) == nil && plain.body == file.bytes)
        #expect(value("Content-Encoding", in: packed) == form && packed.body.starts(with: [0x1F, 0x8B]) == (form == "gzip"))
        #expect(value("Vary", in: plain) == "Accept-Encoding" && value("Vary", in: packed) == "Accept-Encoding")
        let tag = try #require(value("ETag", in: packed))
        #expect(tag != value("ETag", in: plain) && tag.hasSuffix("-\(form)\""))
        #expect(file.response(known: Array(tag.utf8), encodings: Array(accepted.utf8)).status == 304)
    }

    @Test func `each file that is text is sent in either form, and the smaller one first`() {
        for name in ["dashboard", "dashboard.css", "dashboard.js", "client.js", "client.d.ts", "vue.js", "tab"] {
            let forms = asset("/__skew/\(name)")?.compressed ?? []
            #expect(forms.map(\.encoding) == ["br", "gzip"], "\(name)")
            #expect(forms.count == 2 && forms[0].bytes.count < forms[1].bytes.count, "\(name)")
        }
    }

    @Test func `the core of the client is at most 3 KB as sent`() throws {
        let forms = try #require(asset("/__skew/client.js")).compressed
        #expect(forms.count == 2 && forms.allSatisfy { $0.bytes.count <= 3 * 1024 })
    }

    @Test func `the package has the version of the server that sends it`() throws {
        let manifest = String(decoding: try #require(asset("/__skew/package.json")).bytes, as: UTF8.self)
        #expect(manifest.contains("\"version\": \"\(BuildInfo.version)\""))
        let package = try #require(asset("/__skew/skewwatch.tgz"))
        let response = package.response(known: nil, encodings: Array("gzip".utf8))
        // What is compressed already is no encoding of something else.
        #expect(value("Content-Type", in: response) == "application/gzip" && value("Content-Encoding", in: response) == nil)
        #expect(response.body.starts(with: [0x1F, 0x8B]))
    }

    @Test func `a module is sent without the lines that are comments and nothing else`() throws {
        let text = String(decoding: try #require(asset("/__skew/client.js")).bytes, as: UTF8.self)
        #expect(text.contains("export function connect") && !text.split(separator: "\n").contains { $0.drop { $0 == " " }.hasPrefix("//") })
        let declarations = String(decoding: try #require(asset("/__skew/client.d.ts")).bytes, as: UTF8.self)
        #expect(declarations.hasPrefix("/**"))
    }

    @Test(arguments: [
        ("gzip", true), ("GZIP", true), ("deflate, gzip;q=0.5", true), ("*", true), ("x-gzip", true), ("br;q=1, *;q=0.1", true),
        ("", false), ("br", false), ("gzip;q=0", false), ("gzip; q=0.000, *", false), ("*;q=0", false), ("gzip;q=x", false),
        ("gzipped", false),
    ])
    func `gzip is taken where it is accepted`(header: String, isTaken: Bool) {
        #expect(AcceptedEncodings.take("gzip", Array(header.utf8)) == isTaken)
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
