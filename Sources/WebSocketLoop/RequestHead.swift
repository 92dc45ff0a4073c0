/// The request line and header of a request that is being answered: a view of the bytes as the peer sent them.
///
/// It can't be copied, so that it can't be kept: what it looks at is used again for the next connection.
@safe
package struct RequestHead: ~Copyable {
    /// The headers that the server reads.
    package enum Header: UInt8, Sendable, CaseIterable {
        case accept, acceptEncoding, accessControlRequestHeaders, authorization, cfConnectingIP, connection, contentLength, contentType
        case cookie, expect, forwarded, forwardedFor, forwardedHost, forwardedPort, forwardedProtocol, host, ifNoneMatch, origin, realIP
        case secFetchSite, skewWatchToken, transferEncoding, upgrade, userAgent, webSocketKey, webSocketProtocol, webSocketVersion
    }

    /// The request methods that are told apart; any other never gets here.
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
        case connect = "CONNECT"
    }

    let seen: SeenHead

    /// - Parameter seen: as long as this value is there, the door must look at nothing else.
    init(_ seen: SeenHead) { self.seen = seen }

    /// The method; any other never gets here.
    package var method: Method { seen.head.method }

    /// The path, without authority and query.
    package var path: [UInt8] { seen.path }

    /// The path, without a copy where it is the one that most ask for.
    package func path(mostly likely: [UInt8]) -> [UInt8] { seen.isPath(likely) ? likely : path }

    /// The query of the target, encoded; empty where there is none.
    package var query: [UInt8] { seen.copy(seen.head.query) }

    /// Lends the same, without a copy.
    package func withQuery(_ body: (Span<UInt8>) -> Void) { unsafe body(seen.bytes.span.extracting(seen.head.query)) }

    /// The bytes of a header; nil where it is missing or empty. Several lines are one list: of cookies as RFC 9113 says (section 8.2.3),
    /// else with commas. The host is the one that counts: of a target in absolute form its own.
    package func header(_ header: Header) -> [UInt8]? {
        header == .host && seen.head.target == .absolute
            ? seen.copy(seen.head.authority) : seen.list(of: header, separator: header == .cookie ? "; " : ", ")
    }

    /// Lends the cookies, where there are any: what ``header(_:)`` says, without a copy where they stand in one line.
    package func withCookies(_ body: (Span<UInt8>) -> Void) {
        guard count(.cookie) == 1, let line = seen.lastRange(of: .cookie) else {
            if let list = header(.cookie) { body(list.span) }
            return
        }
        unsafe body(seen.bytes.span.extracting(line))
    }

    /// How many headers of this name there are, empty ones left out.
    package func count(_ header: Header) -> Int { seen.count(of: header) }

    /// The last line of a header: a proxy adds its own behind those that it was sent.
    package func lastValue(of header: Header) -> [UInt8]? { seen.lastValue(of: header) }

    /// The last line of a header that only the settings know.
    package func lastValue(named name: [UInt8]) -> [UInt8]? { seen.lastValue(named: name) }

    /// Whether the request line says HTTP/1.1.
    package var isHTTP11: Bool { seen.head.isHTTP11 }
}

extension RequestHead.Header {
    /// In lower case.
    var name: StaticString {
        switch self {
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .accessControlRequestHeaders: "access-control-request-headers"
        case .authorization: "authorization"
        case .cfConnectingIP: "cf-connecting-ip"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .contentType: "content-type"
        case .cookie: "cookie"
        case .expect: "expect"
        case .forwarded: "forwarded"
        case .forwardedFor: "x-forwarded-for"
        case .forwardedHost: "x-forwarded-host"
        case .forwardedPort: "x-forwarded-port"
        case .forwardedProtocol: "x-forwarded-proto"
        case .host: "host"
        case .ifNoneMatch: "if-none-match"
        case .origin: "origin"
        case .realIP: "x-real-ip"
        case .secFetchSite: "sec-fetch-site"
        case .skewWatchToken: "skewwatch-token"
        case .transferEncoding: "transfer-encoding"
        case .upgrade: "upgrade"
        case .userAgent: "user-agent"
        case .webSocketKey: "sec-websocket-key"
        case .webSocketProtocol: "sec-websocket-protocol"
        case .webSocketVersion: "sec-websocket-version"
        }
    }
}
