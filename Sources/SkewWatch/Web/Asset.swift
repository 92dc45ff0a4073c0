internal import Cryptography
internal import WebSocketLoop

/// A file that browsers load: it lies in the binary, under the base path, with nothing to fetch elsewhere.
struct Asset: Sendable {
    /// The file's name; it is also the last part of its path, the dashboard's apart.
    let name: String
    let bytes: [UInt8]
    /// The bytes, compressed when the server was built: the smallest first; none where that would gain nothing.
    let compressed: [(encoding: String, bytes: [UInt8])]
    /// What validators are made of: a digest of the bytes.
    private let digest: String

    private init(_ file: (name: String, plain: [UInt8], gzip: [UInt8], brotli: [UInt8])) {
        (name, bytes) = (file.name, file.plain)
        compressed = [("br", file.brotli), ("gzip", file.gzip)].filter { !$0.1.isEmpty }
        digest = String(SHA256Digest(of: bytes).hexadecimal.prefix(32))
    }

    /// A strong validator (RFC 9110, section 8.8.3); a compressed form is another one to caches.
    func tag(encoding: String? = nil) -> String { "\"\(digest)\(encoding.map { "-\($0)" } ?? "")\"" }

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
        let form = compressed.first { AcceptedEncodings.take($0.encoding, encodings) }
        var headers = [
            (name: "ETag", value: tag(encoding: form?.encoding)), (name: "Cache-Control", value: "no-cache"),
            (name: "Vary", value: "Accept-Encoding"), (name: "X-Content-Type-Options", value: "nosniff"),
        ]
        let tags = [tag()] + compressed.map { tag(encoding: $0.encoding) }
        let isKnown =
            known.map { String(decoding: $0, as: UTF8.self) }.map { $0 == "*" || tags.contains(where: $0.contains) } ?? false
        if isKnown { return HTTPResponse(status: 304, headers: headers) }
        if let form { headers.append(("Content-Encoding", form.encoding)) }
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
        return HTTPResponse(status: 200, headers: headers, body: form?.bytes ?? bytes)
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
