internal import Presence
internal import SkewCluster
internal import SkewProtocol
internal import WebSocketLoop

/// What a connection said of itself when it came: read from its request once, and handed to the actor as a value.
struct Arrival: Sendable {
    let kind: Connection.Kind
    let identity: DeclaredIdentity
    /// Which tab it says it is, as far as is kept of that; nil where it does not say, or nothing of use.
    let tab: TabKey?
    /// How often that tab has connected before, as it says.
    let reconnects: Int
    /// Only where a proxy is trusted and somebody asks for addresses.
    let forwarded: ForwardedHeaders?
    /// What a crawler calls itself; nil for anybody else.
    let crawler: [UInt8]?
    /// What a proxy says of whose it is; believed only of a trusted one.
    let tag: [UInt8]?
    /// As far as an authorizer may want to see it.
    let head: HandshakeHead?

    init(_ head: borrowing RequestHead, transport: Transport, settings: borrowing TrackerSettings, tabKeys: TabKeys) {
        var (identity, tab, reconnects, isObserver) = (DeclaredIdentity(), TabKey?.none, 0, false)
        head.withQuery { query in
            identity.read(query: query, routes: settings.routes)
            tab = QueryString.firstValue(of: "t", in: query).flatMap { tabKeys.key(of: $0) }
            reconnects = QueryString.firstValue(of: "r", in: query).flatMap { Self.count($0) } ?? 0
            isObserver = QueryString.firstValue(of: "observer", in: query) == [UInt8(ascii: "1")]
        }
        head.withCookies { identity.read(cookies: $0, cookieName: settings.cookieName) }
        (self.identity, self.tab, self.reconnects) = (identity, tab, reconnects)
        let userAgent = settings.excludeBots ? head.header(.userAgent) : nil
        let isCrawler = Crawlers.includes(userAgent)
        crawler = isCrawler ? userAgent : nil
        kind = Connection.Kind(transport: transport, audience: isObserver ? .observer : isCrawler ? .crawler : .tab)
        forwarded = settings.asksProxies ? Request.Proxied(head).source : nil
        tag = settings.tagHeader.flatMap { head.lastValue(named: $0) }
        self.head = HandshakeHead(head, keeping: settings.keptHead)
    }

    /// A whole number of at most six digits.
    private static func count(_ digits: [UInt8]) -> Int? {
        1...6 ~= digits.count && digits.allSatisfy { 0x30...0x39 ~= $0 } ? digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } : nil
    }

    /// Why it is no row of its own; nil where it is one.
    /// - Parameter tracking: whether connections are rows at all.
    func uncounted(tracking: Bool) -> UncountedReason? {
        switch kind.audience {
        case .observer: .observer
        case .crawler: .crawler
        case .tab: tracking ? nil : .trackingOff
        }
    }
}
