internal import SkewProtocol
internal import WebSocketLoop

/// A request, as far as the endpoints look at it: read from its head once, and handed to the actor as a value.
struct Request: Sendable {
    /// nil for one that libwebsockets has no name for.
    var method: RequestHead.Method?
    var path: [UInt8] = []
    /// The number at the end of the path; nil where there is none.
    var number: Int? { path.lastIndex(of: UInt8(ascii: "/")).flatMap { Endpoint.number(in: path[$0...]) } }

    /// What follows the `?`, where an endpoint of operators is asked.
    var query: [UInt8] = []
    /// The `Accept`, there.
    var accepted: [UInt8]?
    /// The page behind it, and where it believed to go.
    var page = OriginPolicy.Facts(originCount: 0)
    /// What proxies say of it; nil where none is trusted.
    var proxied: Proxied?
    /// The token that it shows, in `SkewWatch-Token` or in `Authorization`. Another scheme than `Bearer` is a proxy's and shows none.
    var token: [UInt8]?
    /// As far as an authorizer may want to see it, where one is asked: for a POST, and for what operators read.
    var credentials: HandshakeHead?
    /// Whether the content type is JSON, whatever its parameters.
    var hasJSONBody = false
    /// Of an `OPTIONS`: the headers that a page of another origin would like to send.
    var askedHeaders: [UInt8]?
    /// The `If-None-Match`.
    var knownTag: [UInt8]?
    /// The `Accept-Encoding` of a request for a file.
    var acceptedEncodings: [UInt8]?
    /// Who was let in, at an endpoint of operators.
    var reader: Caller?

    /// What only a trusted proxy may say.
    struct Proxied: Sendable {
        var source: ForwardedHeaders
        var target: ForwardedTarget
    }
}

extension Request {
    /// - Parameter settings: what nobody looks at is not read.
    init(_ head: borrowing RequestHead, _ settings: borrowing TrackerSettings) {
        method = head.method
        path = head.path(mostly: settings.webSocketPath)
        page.originCount = head.count(.origin)
        if page.originCount > 0 {
            page.origin = head.header(.origin)
            page.host = head.header(.host)
        }
        page.isCrossSite = head.lastValue(of: .secFetchSite).map { $0.elementsEqual("cross-site".utf8) } ?? false
        if !settings.trustedProxies.isEmpty { proxied = Proxied(head) }
        token = Self.token(own: head.lastValue(of: .skewWatchToken), authorization: head.header(.authorization))
        switch method {
        case .post, .patch:
            hasJSONBody = head.header(.contentType).map(Self.isJSON) ?? false
        case .options: askedHeaders = head.header(.accessControlRequestHeaders)
        case .get, .head:
            knownTag = head.header(.ifNoneMatch)
            acceptedEncodings = head.header(.acceptEncoding)
        default: break
        }
        let isOperators = path.dropFirst(settings.basePath.utf8.count).starts(with: "/admin/".utf8)
        if isOperators {
            query = head.query
            accepted = head.header(.accept)
        }
        if method == .post || isOperators { credentials = HandshakeHead(head, keeping: settings.keptHead) }
    }

    /// - Parameters:
    ///   - own: the header that leaves `Authorization` to a proxy in front.
    ///   - authorization: `Bearer` and the token, or the token alone.
    static func token(own: [UInt8]?, authorization: [UInt8]?) -> [UInt8]? {
        if let own, !own.isEmpty { return Array(AccessTokens.bearer(own[...]) ?? own[...]) }
        guard let authorization else { return nil }
        if let bearer = AccessTokens.bearer(authorization[...]) { return Array(bearer) }
        return authorization.isEmpty || authorization.contains(UInt8(ascii: " ")) ? nil : authorization
    }

    private static func isJSON(_ type: [UInt8]) -> Bool {
        let name = type.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        return Array(name).lowercasedASCII.elementsEqual("application/json".utf8)
    }
}

extension Request.Proxied {
    init(_ head: borrowing RequestHead) {
        let forwarded = head.header(.forwarded)
        source = ForwardedHeaders(
            cfConnectingIP: head.lastValue(of: .cfConnectingIP), xForwardedFor: head.header(.forwardedFor),
            xRealIP: head.header(.realIP), forwarded: forwarded)
        target = ForwardedTarget(
            host: head.lastValue(of: .forwardedHost), scheme: head.lastValue(of: .forwardedProtocol),
            port: head.lastValue(of: .forwardedPort), forwarded: forwarded)
    }
}
