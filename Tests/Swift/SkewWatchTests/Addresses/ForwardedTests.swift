import TestRandom
import Testing

@testable import SkewWatch

private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

@Suite struct ForwardedHopTests {
    private func hops(_ list: String) -> [String] {
        ForwardedHop.list(Array(list.utf8)).map { hop in
            [text(hop.source), text(hop.host), text(hop.scheme)].map { $0 ?? "-" }.joined(separator: " ")
        }
    }

    @Test(arguments: [
        ("for=192.0.2.60;proto=http;by=203.0.113.43", ["192.0.2.60 - http"]),
        ("For=\"[2001:db8:cafe::17]:4711\"", ["[2001:db8:cafe::17]:4711 - -"]),
        ("for=192.0.2.43, for=198.51.100.17", ["192.0.2.43 - -", "198.51.100.17 - -"]), ("FOR=a;HOST=b;PROTO=c", ["a b c"]),
        ("for=unknown;host=\"app.example.com:8443\"", ["unknown app.example.com:8443 -"]), ("for=_hidden", ["_hidden - -"]),
        ("host=\"a\\\"b\\\\\"", ["- a\"b\\ -"]), ("for=a ; proto=https , for=b", ["a - https", "b - -"]), ("for=a;;proto=c;", ["a - c"]),
        // Two lines that were joined with a space; brackets and colons without quotes.
        ("for=a;proto=c for=b", ["a - c", "b - -"]), ("for=[2001:db8::1]:80", ["[2001:db8::1]:80 - -"]),
        ("for=192.0.2.1:80", ["192.0.2.1:80 - -"]),
        ("", []), (" , ,", []), (",for=a,", ["a - -"]),
    ])
    func `a list is read hop by hop`(list: String, expected: [String]) {
        #expect(hops(list) == expected)
    }

    @Test(arguments: [
        "for", "for=", "=a", "for=x=y", "for=\"x\"y", "for=x@y", "f or=x", ";proto", "for=\u{e9}", "for=x;proto", "host=\u{7}",
    ])
    func `a hop that can't be read says nothing, and hides no other`(hop: String) {
        #expect(hops("for=a, \(hop), for=b") == ["a - -", "- - -", "b - -"])
    }

    @Test(arguments: ["for=\"x", "for=\"x\\"])
    func `a quote that never ends says nothing`(hop: String) {
        #expect(hops("for=a, \(hop), for=b") == ["a - -", "- - -"])
    }

    @Test(arguments: Seeds.some(1)) func `ten kilobytes of anything are read to their end`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                Array("for=;,\"\\ []:proto host\u{1}".utf8).randomElement(using: &random)!
            }
            #expect(ForwardedHop.list(bytes).count <= bytes.count)
        }
        #expect(ForwardedHop.list(Array(String(repeating: "for=a,", count: 2000).utf8)).count == 2000)
        #expect(ForwardedHop.list(Array(String(repeating: ";", count: 10_000).utf8)).count <= 1)
    }
}

@Suite struct ForwardedTargetTests {
    private func target(host: String? = nil, scheme: String? = nil, port: String? = nil, forwarded: String? = nil) -> ForwardedTarget {
        ForwardedTarget(
            host: host.map { Array($0.utf8) }, scheme: scheme.map { Array($0.utf8) }, port: port.map { Array($0.utf8) },
            forwarded: forwarded.map { Array($0.utf8) })
    }

    @Test(arguments: [
        ("https", true), ("wss", true), ("http", false), ("ws", false), ("HTTPS", true), ("Wss", true), ("WS", false), ("\"https\"", true),
        ("https, http", false), ("http,https", true), ("https http", false), ("https,", true), (" wss ", true), ("", nil), (",", nil),
        ("h2", nil), ("httpsx", nil), ("on", nil), ("https;q=1", nil),
    ])
    func `the nearest proxy's word about the scheme counts, in any spelling`(scheme: String, isTLS: Bool?) {
        #expect(target(scheme: scheme).isTLS == isTLS)
    }

    @Test func `the nearest proxy's host and port count`() {
        #expect(text(target(host: "spoofed.example, app.example.com").host) == "app.example.com")
        #expect(target(port: "80, 8443").port == 8443)
        for port in ["", "0", "65536", "-1", "80x", "080443", "٨٠"] { #expect(target(port: port).port == nil, "\(port)") }
    }

    @Test func `Forwarded says what the older headers leave open`() {
        let all = target(forwarded: "for=a;host=far.example;proto=http, host=app.example.com;proto=https")
        #expect(text(all.host) == "app.example.com" && all.isTLS == true)
        #expect(text(target(host: "x.example", forwarded: "host=y.example").host) == "x.example")
        #expect(target(scheme: "http", forwarded: "proto=https").isTLS == false)
        #expect(target(forwarded: "for=a").host == nil)
    }
}
