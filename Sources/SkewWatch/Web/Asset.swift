internal import Cryptography
internal import WebSocketLoop

/// A file that browsers load: it lies in the binary, under the base path, with nothing to fetch elsewhere.
struct Asset: Sendable {
    /// The file's name; it is also the last part of its path, the dashboard's apart.
    let name: String
    let bytes: [UInt8]
    /// The bytes, compressed when the server was built; empty where that would gain nothing.
    let gzip: [UInt8]
    /// A strong validator made of the bytes (RFC 9110, section 8.8.3).
    let tag: String
    /// That of the compressed form, which is another one to caches.
    let gzipTag: String

    private init(_ file: (name: String, plain: [UInt8], compressed: [UInt8])) {
        (name, bytes, gzip) = file
        let digest = SHA256Digest(of: bytes).hexadecimal.prefix(32)
        tag = "\"\(digest)\""
        gzipTag = "\"\(digest)-gzip\""
    }

    /// The asset at a path; nil for anything else.
    static func at(path: [UInt8], basePath: String) -> Asset? {
        guard path.starts(with: (basePath + "/").utf8) else { return nil }
        let name = String(decoding: path.dropFirst(basePath.utf8.count + 1), as: UTF8.self)
        return byName[pages[name] ?? name]
    }

    /// Answers a GET or HEAD.
    /// - Parameters:
    ///   - known: the `If-None-Match` of the request.
    ///   - encodings: its `Accept-Encoding`.
    ///   - frameAncestors: origins of pages that may show this one in a frame.
    func response(known: [UInt8]?, encodings: [UInt8]? = nil, frameAncestors: [String] = []) -> HTTPResponse {
        let isCompressed = !gzip.isEmpty && AcceptedEncodings.takeGzip(encodings)
        var headers = [
            (name: "ETag", value: isCompressed ? gzipTag : tag), (name: "Cache-Control", value: "no-cache"),
            (name: "Vary", value: "Accept-Encoding"), (name: "X-Content-Type-Options", value: "nosniff"),
        ]
        let isKnown =
            known.map { String(decoding: $0, as: UTF8.self) }.map { $0 == "*" || $0.contains(tag) || $0.contains(gzipTag) } ?? false
        if isKnown { return HTTPResponse(status: 304, headers: headers) }
        if isCompressed { headers.append(("Content-Encoding", "gzip")) }
        headers.append(("Content-Type", type))
        if type.hasPrefix("text/html") {
            headers += [
                ("Content-Security-Policy", Self.policy(frameAncestors: frameAncestors)), ("Referrer-Policy", "no-referrer"),
                ("Cross-Origin-Opener-Policy", "same-origin"),
            ]
            // An older header that knows no list; the policy overrides it where both are known.
            if frameAncestors.isEmpty { headers.append(("X-Frame-Options", "DENY")) }
        } else {
            // Modules are loaded from pages of other origins, too; they hold nothing secret.
            headers += [("Access-Control-Allow-Origin", "*"), ("Cross-Origin-Resource-Policy", "cross-origin")]
        }
        return HTTPResponse(status: 200, headers: headers, body: isCompressed ? gzip : bytes)
    }

    /// Pages have no ending in their path.
    private static let pages = ["dashboard": "dashboard.html", "tab": "tab.html"]

    private static func policy(frameAncestors: [String]) -> String {
        let ancestors = frameAncestors.isEmpty ? "'none'" : frameAncestors.joined(separator: " ")
        return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors \(ancestors); require-trusted-types-for 'script'"
    }

    private var type: String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "ts": "text/plain; charset=utf-8"
        case "json": "application/json"
        case "tgz": "application/gzip"
        default: "text/javascript; charset=utf-8"
        }
    }

    private static let byName: [String: Asset] = Dictionary(
        uniqueKeysWithValues: PackedFiles.all.map { ($0.name, Asset($0)) })
}
