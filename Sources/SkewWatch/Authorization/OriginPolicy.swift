/// Which browsers may come in, by the page that sends them: a browser adds its visitor's cookies for every site that asks.
///
/// What names no origin is no browser, or a browser that asks for a page of the server's own; it passes unless the browser says that
/// the page is of another site. The page's own host passes, as the browser saw it. Every other origin needs a pattern: the same scheme,
/// host and port, or `*.` for one or more labels in front of the host, or `*` for all.
struct OriginPolicy: Sendable {
    private let patterns: Set<OriginPattern>

    /// - Parameter allowed: patterns as the settings hold them; what is none is passed over, and so allows nothing.
    init(allowed: [String]) {
        patterns = Set(allowed.compactMap { OriginPattern($0) })
    }

    /// A request, as far as the rule looks at it.
    struct Facts: Sendable {
        /// The `Origin` header; several are joined to something that is no origin.
        var origin: [UInt8]?
        var originCount: Int
        /// Whether `Sec-Fetch-Site` says that a page of another site asks.
        var isCrossSite = false
        /// The host that the browser saw.
        var host: [UInt8]?
        /// A port that a trusted proxy says the browser saw.
        var port: Int?
        /// Whether the browser spoke TLS; nil where something unknown in between may have ended it.
        var isTLS: Bool?
    }

    func crossOrigin(_ facts: Facts) -> CrossOrigin {
        guard facts.originCount <= 1 else { return .refused }
        guard let bytes = facts.origin else { return facts.isCrossSite ? .refused : .none }
        if facts.isPlainlyOwn { return .same }
        guard let origin = WebOrigin(bytes) else {
            // Files and pages in a sandbox have the origin null.
            let isOne = bytes.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ",") }
            return patterns.contains(.all) && isOne ? .allowed(String(decoding: bytes, as: UTF8.self)) : .refused
        }
        if isOwn(origin, facts) { return .same }
        return patterns.contains { $0.allows(origin) } ? .allowed(String(decoding: bytes, as: UTF8.self)) : .refused
    }

    /// Whether the page has the host that the request went to. Its scheme may be another than the last hop's, since TLS may have ended
    /// long before; but a page without TLS is not the one with it.
    private func isOwn(_ origin: WebOrigin, _ facts: Facts) -> Bool {
        guard origin.isWeb, let bytes = facts.host, let text = String(validating: bytes, as: UTF8.self), let own = HostAndPort(text),
            own.host == origin.host
        else { return false }
        if facts.isTLS == true, origin.scheme == "http" { return false }
        return (own.port ?? WebOrigin.standardPorts[origin.scheme]) == origin.port || facts.port == origin.port
    }
}

extension OriginPolicy.Facts {
    /// Whether the origin is `https://`, or `http://` where no TLS is spoken, and then the host, byte for byte: what nearly every browser
    /// sends. The rule in full says the same of it, but takes a dozen copies for that.
    fileprivate var isPlainlyOwn: Bool {
        guard let origin, let host, let first = host.first, first != UInt8(ascii: "."), host.count < 256 else { return false }
        let scheme: StaticString = isTLS == true || origin.count == host.count + 8 ? "https://" : "http://"
        guard origin.count == scheme.utf8CodeUnitCount + host.count else { return false }
        for index in 0..<scheme.utf8CodeUnitCount where unsafe origin[index] != scheme.utf8Start[index] { return false }
        guard origin[scheme.utf8CodeUnitCount...].elementsEqual(host) else { return false }
        guard let end = host.firstIndex(where: { !Self.isPlain($0) }) else { return true }
        return end > 0 && host[end] == UInt8(ascii: ":") && HostAndPort.port(host[(end + 1)...]) != nil
    }

    /// Small letters, digits and the marks between them.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }
}
