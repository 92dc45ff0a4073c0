internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// How a connection gets its messages.
enum Transport: String, Sendable, CaseIterable {
    case webSocket = "websocket"
    case events = "sse"
}

/// What a connection said of itself when it came: read from its request once, and handed to the actor as a value.
struct Arrival: Sendable {
    let transport: Transport
    let identity: DeclaredIdentity
    /// Whether the request carried the stats token.
    let hasToken: Bool
    /// Served, but not counted.
    let isCrawler: Bool
    /// Only where a proxy is trusted and somebody asks for addresses.
    let forwarded: ForwardedHeaders?
    /// Only where an authorization hook may want to see it.
    let head: HandshakeHead?

    init(_ head: borrowing RequestHead, transport: Transport, settings: TrackerSettings) {
        var identity = DeclaredIdentity()
        head.forEachArgument { identity.read(decodedArgument: $0.span) }
        if let cookies = head.header(.cookie) { identity.read(cookies: cookies.span, cookieName: settings.cookieName) }
        self.transport = transport
        self.identity = identity
        hasToken = settings.statsToken.secret != nil && settings.statsToken.isCarried(by: head.header(.authorization))
        isCrawler = settings.excludeBots && Crawlers.includes(head.header(.userAgent))
        forwarded = settings.asksProxies ? ForwardedHeaders(head) : nil
        self.head = settings.hooks.authorizeStats == nil ? nil : HandshakeHead(head)
    }
}
