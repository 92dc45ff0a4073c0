internal import WebSocketLoop

/// Where the page behind a request comes from, as its browser says.
enum CrossOrigin: Equatable {
    /// No `Origin`: no browser, or a page of our own that asks with GET.
    case none
    /// The page has the host the request went to.
    case same
    /// A page of another, allowed origin.
    case allowed(String)
    /// A page that must not use its visitor's session here.
    case refused

    /// Judges the `Origin` of a request. Two of them are refused.
    init(_ head: borrowing RequestHead) {
        guard let origin = head.header(.origin) else {
            self = .none
            return
        }
        guard head.count(.origin) == 1, let host = head.header(.host) else {
            self = .refused
            return
        }
        self = Self.isSame(String(decoding: origin, as: UTF8.self), host: String(decoding: host, as: UTF8.self)) ? .same : .refused
    }

    /// Whether an origin names a host, the default port of its scheme left out.
    static func isSame(_ origin: String, host: String) -> Bool {
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] where origin.lowercased().hasPrefix(scheme) {
            let named = String(origin.lowercased().dropFirst(scheme.count))
            return named.withoutSuffix(port) == host.lowercased().withoutSuffix(port)
        }
        return false
    }

    /// What a browser needs to hand the answer to the page.
    var headers: [(name: String, value: String)] {
        guard case .allowed(let origin) = self else { return [] }
        return [
            ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Expose-Headers", "Retry-After"), ("Vary", "Origin"),
        ]
    }
}

extension String {
    fileprivate func withoutSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
