/// What proxies said about whom they speak for. Anybody can send these headers: they count only from a trusted proxy.
///
/// Of a header that is no list the last line counts, the nearest proxy's own; the lines of a list are one list.
struct ForwardedHeaders: Sendable {
    var cfConnectingIP: [UInt8]?
    var xForwardedFor: [UInt8]?
    var xRealIP: [UInt8]?
    var forwarded: [UInt8]?
}

/// Finds out whose connection it is.
enum ClientAddress {
    /// The peer's own address, unless the peer is a trusted proxy: then `cf-connecting-ip`, else the right-most hop of
    /// `x-forwarded-for` that is no trusted proxy, else `x-real-ip`, else that hop of `forwarded`. What is no address is passed over.
    ///
    /// Hops are written by each proxy behind what the client sent, so the ones to the left are whatever the client likes. `forwarded`
    /// comes last: a proxy that does not know it passes on what the client made up.
    static func of(peer address: NetworkAddress, _ headers: ForwardedHeaders?, trusted: [AddressRange]) -> NetworkAddress {
        guard let headers, trusted.contains(address) else { return address }
        if let address = headers.cfConnectingIP.flatMap(ForwardedTarget.lastElement).flatMap(parse) { return address }
        if let list = headers.xForwardedFor {
            let hops = list.split { $0 == 0x2C || $0 == 0x20 || $0 == 0x09 }.map { parse(Array($0)) }
            if let address = nearestStranger(hops, trusted) { return address }
        }
        if let address = headers.xRealIP.flatMap(ForwardedTarget.lastElement).flatMap(parse) { return address }
        guard headers.xForwardedFor == nil, let list = headers.forwarded else { return address }
        return nearestStranger(ForwardedHop.list(list).map { $0.source.flatMap(parse) }, trusted) ?? address
    }

    /// The right-most hop that is no trusted proxy; nil where there is none before one that is no address.
    private static func nearestStranger(_ hops: [NetworkAddress?], _ trusted: [AddressRange]) -> NetworkAddress? {
        for hop in hops.reversed() {
            guard let address = hop else { return nil }
            if !trusted.contains(address) { return address }
        }
        return nil
    }

    /// An address, alone or with a port: `192.0.2.1:443`, `[2001:db8::1]:443`, in quotes or not; or `unix:`, as nginx says of a peer of
    /// its own Unix socket.
    private static func parse(_ bytes: [UInt8]) -> NetworkAddress? {
        guard bytes.count <= 64 else { return nil }
        var text = String(decoding: bytes.filter { $0 != 0x20 && $0 != 0x22 }, as: UTF8.self)
        if text == NetworkAddress.unix.description { return .unix }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            text = String(text[text.index(after: text.startIndex)..<end])
        } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
            text = String(text[..<colon])
        }
        return NetworkAddress(text)
    }
}

extension [AddressRange] {
    /// Whether one of these has the address in it.
    func contains(_ address: NetworkAddress) -> Bool { contains { $0.contains(address) } }
}
