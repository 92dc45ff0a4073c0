internal import WebSocketLoop

/// Which browsers may come in, by the page that sends them: a browser adds its visitor's cookies for every site that asks.
///
/// What names no origin is no browser and passes. The page's own host passes, as the browser saw it. Every other origin needs a
/// pattern: the same scheme, host and port, or `*.` for one or more labels in front of the host, or `*` for all.
struct OriginPolicy: Sendable {
    private let allowsAll: Bool
    private let exact: Set<WebOrigin>
    /// Those with a star: what is behind it, the dot included.
    private let suffixes: [WebOrigin]

    /// - Parameter allowed: patterns as the settings hold them; what is none is passed over, and so allows nothing.
    init(allowed: [String]) {
        allowsAll = allowed.contains("*")
        exact = Set(allowed.filter { !$0.contains("*") }.compactMap { WebOrigin(Array($0.utf8)) })
        suffixes = allowed.filter { $0.contains("://*.") }.compactMap { WebOrigin(Array($0.replacing("://*.", with: "://.").utf8)) }
    }

    /// A request, as far as the rule looks at it.
    struct Facts {
        /// The `Origin` header; several are joined to something that is no origin.
        var origin: [UInt8]?
        var originCount: Int
        /// The host that the browser saw.
        var host: [UInt8]?
        /// Whether the browser spoke TLS; nil where something unknown in between may have ended it.
        var isTLS: Bool?
    }

    func judge(_ facts: Facts) -> CrossOrigin {
        guard facts.originCount <= 1 else { return .refused }
        guard let bytes = facts.origin else { return .none }
        guard let origin = WebOrigin(bytes) else {
            // Apps in a shell have schemes of their own, and files have the origin null.
            let isOne = bytes.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ",") }
            return allowsAll && isOne ? .allowed(String(decoding: bytes, as: UTF8.self)) : .refused
        }
        if isOwn(origin, facts) { return .same }
        let isAllowed = allowsAll || exact.contains(origin) || suffixes.contains { $0.isSuffix(of: origin) }
        return isAllowed ? .allowed(String(decoding: bytes, as: UTF8.self)) : .refused
    }

    private func isOwn(_ origin: WebOrigin, _ facts: Facts) -> Bool {
        guard let bytes = facts.host, let text = String(validating: bytes, as: UTF8.self), let own = HostAndPort(text) else { return false }
        if let isTLS = facts.isTLS, isTLS != (origin.scheme == "https") { return false }
        return own.host == origin.host && (own.port ?? WebOrigin.standardPorts[origin.scheme]) == origin.port
    }
}

extension WebOrigin {
    fileprivate func isSuffix(of origin: WebOrigin) -> Bool {
        scheme == origin.scheme && port == origin.port && origin.host.hasSuffix(host) && origin.host.utf8.count > host.utf8.count
    }
}

extension OriginPolicy {
    /// Judges a handshake or a request.
    /// - Parameters:
    ///   - endsTLS: whether this server speaks TLS itself.
    ///   - trustedPeer: whether the peer is a proxy whose word about host and scheme is believed.
    func judge(_ head: borrowing RequestHead, endsTLS: Bool, trustedPeer: Bool) -> CrossOrigin {
        let count = head.count(.origin)
        if count == 0 { return .none }
        var facts = Facts(origin: head.header(.origin), originCount: count, host: head.header(.host), isTLS: endsTLS ? true : nil)
        if trustedPeer {
            facts.host = head.customHeader("x-forwarded-host:").map(Self.lastElement) ?? facts.host
            if let scheme = head.customHeader("x-forwarded-proto:").map(Self.lastElement) {
                facts.isTLS = scheme.elementsEqual("https".utf8)
            }
        }
        return judge(facts)
    }

    /// The element that the nearest proxy added: the last one, whether in one header or in several.
    static func lastElement(_ list: [UInt8]) -> [UInt8] {
        Array(list.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") || $0 == 0x09 }.last ?? [])
    }
}
