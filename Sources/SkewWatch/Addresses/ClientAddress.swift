internal import WebSocketLoop

/// What proxies said about whom they speak for. Anybody can send these headers: they count only from a trusted proxy.
struct ForwardedHeaders: Sendable {
    var cfConnectingIP: [UInt8]?
    var xForwardedFor: [UInt8]?
    var xRealIP: [UInt8]?

    init(cfConnectingIP: [UInt8]? = nil, xForwardedFor: [UInt8]? = nil, xRealIP: [UInt8]? = nil) {
        self.cfConnectingIP = cfConnectingIP
        self.xForwardedFor = xForwardedFor
        self.xRealIP = xRealIP
    }

    init(_ head: borrowing RequestHead) {
        cfConnectingIP = head.customHeader("cf-connecting-ip:")
        xForwardedFor = head.header(.forwardedFor)
        xRealIP = head.header(.realIP)
    }
}

/// Finds out whose connection it is.
enum ClientAddress {
    /// The peer's own address, unless the peer is a trusted proxy: then `cf-connecting-ip`, else the right-most hop of
    /// `x-forwarded-for` that is no trusted proxy, else `x-real-ip`. What is no address is passed over.
    ///
    /// Hops are written by each proxy behind what the client sent, so the ones to the left are whatever the client likes.
    static func of(peer: String, _ headers: ForwardedHeaders?, trusted: [AddressRange]) -> NetworkAddress? {
        guard let address = NetworkAddress(peer) else { return nil }
        guard let headers, trusted.contains(where: { $0.contains(address) }) else { return address }
        if let address = headers.cfConnectingIP.flatMap(parse) { return address }
        for hop in (headers.xForwardedFor ?? []).split(whereSeparator: { $0 == 0x2C || $0 == 0x20 }).reversed() {
            guard let address = parse(Array(hop)) else { break }
            if !trusted.contains(where: { $0.contains(address) }) { return address }
        }
        return headers.xRealIP.flatMap(parse) ?? address
    }

    /// An address, alone or with a port: `192.0.2.1:443`, `[2001:db8::1]:443`, in quotes or not.
    private static func parse(_ bytes: [UInt8]) -> NetworkAddress? {
        guard bytes.count <= 64 else { return nil }
        var text = String(decoding: bytes.filter { $0 != 0x20 && $0 != 0x22 }, as: UTF8.self)
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            text = String(text[text.index(after: text.startIndex)..<end])
        } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
            text = String(text[..<colon])
        }
        return NetworkAddress(text)
    }
}
