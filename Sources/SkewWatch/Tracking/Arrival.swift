internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// What a connection said of itself when it came: read from its request once, and handed to the actor as a value.
struct Arrival: Sendable {
    let transport: Transport
    let identity: DeclaredIdentity
    /// Served, but not counted.
    let isCrawler: Bool
    /// Only where a proxy is trusted and somebody asks for addresses.
    let forwarded: ForwardedHeaders?
    /// As far as an authorizer may want to see it.
    let head: HandshakeHead?

    init(_ head: borrowing RequestHead, transport: Transport, settings: TrackerSettings) {
        var identity = DeclaredIdentity()
        identity.read(query: head.query.span, routes: settings.routes)
        if let cookies = head.header(.cookie) { identity.read(cookies: cookies.span, cookieName: settings.cookieName) }
        self.transport = transport
        self.identity = identity
        isCrawler = settings.excludeBots && Crawlers.includes(head.header(.userAgent))
        forwarded = settings.asksProxies ? Request.Proxied(head).source : nil
        self.head = HandshakeHead(head, keeping: settings.keptHead)
    }
}
