internal import Cryptography
internal import WebSocketLoop

/// A file that browsers load: it lies in the binary, under the base path, with nothing to build and nothing to fetch elsewhere.
struct Asset: Sendable {
    /// The file's name; it is also the last part of its path, the dashboard's apart.
    let name: String
    let bytes: [UInt8]
    /// A strong validator made of the bytes (RFC 9110, section 8.8.3).
    let tag: String

    private init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        tag = "\"" + SHA256Digest(of: bytes).hexadecimal.prefix(32) + "\""
    }

    /// The asset at a path; nil for anything else.
    static func at(path: [UInt8], basePath: String) -> Asset? {
        guard path.starts(with: (basePath + "/").utf8) else { return nil }
        let name = String(decoding: path.dropFirst(basePath.utf8.count + 1), as: UTF8.self)
        return byName[name == "dashboard" ? "dashboard.html" : name]
    }

    /// Answers a GET or HEAD.
    /// - Parameter known: the `If-None-Match` of the request.
    func response(known: [UInt8]?) -> HTTPResponse {
        var headers = [
            (name: "ETag", value: tag), (name: "Cache-Control", value: "no-cache"), (name: "X-Content-Type-Options", value: "nosniff"),
        ]
        let isKnown = known.map { String(decoding: $0, as: UTF8.self) }.map { $0 == "*" || $0.contains(tag) } ?? false
        if isKnown { return HTTPResponse(status: 304, headers: headers) }
        headers.append(("Content-Type", type))
        if type.hasPrefix("text/html") {
            headers += [
                ("Content-Security-Policy", Self.policy), ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
                ("Cross-Origin-Opener-Policy", "same-origin"),
            ]
        } else {
            // Modules are loaded from pages of other origins, too; they hold nothing secret.
            headers += [("Access-Control-Allow-Origin", "*"), ("Cross-Origin-Resource-Policy", "cross-origin")]
        }
        return HTTPResponse(status: 200, headers: headers, body: bytes)
    }

    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

    private var type: String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "ts": "text/plain; charset=utf-8"
        default: "text/javascript; charset=utf-8"
        }
    }

    private static let byName: [String: Asset] = Dictionary(
        uniqueKeysWithValues: [
            Asset("client.js", PackageResources.client_js), Asset("client.stream.js", PackageResources.client_stream_js),
            Asset("client.d.ts", PackageResources.client_d_ts), Asset("vue.js", PackageResources.vue_js),
            Asset("vue.d.ts", PackageResources.vue_d_ts), Asset("dashboard.html", PackageResources.dashboard_html),
            Asset("dashboard.css", PackageResources.dashboard_css), Asset("dashboard.js", PackageResources.dashboard_js),
            Asset("dashboard.chart.js", PackageResources.dashboard_chart_js),
            Asset("dashboard.colors.js", PackageResources.dashboard_colors_js),
            Asset("dashboard.history.js", PackageResources.dashboard_history_js),
            Asset("dashboard.lists.js", PackageResources.dashboard_lists_js),
            Asset("dashboard.rollout.js", PackageResources.dashboard_rollout_js),
            Asset("dashboard.state.js", PackageResources.dashboard_state_js),
            Asset("dashboard.status.js", PackageResources.dashboard_status_js),
            Asset("dashboard.table.js", PackageResources.dashboard_table_js),
            Asset("dashboard.text.js", PackageResources.dashboard_text_js),
            Asset("dashboard.words.js", PackageResources.dashboard_words_js),
        ].map { ($0.name, $0) })
}
