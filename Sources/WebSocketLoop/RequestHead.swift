internal import CLibwebsockets

/// The request line and header of a request that is being answered: a view of the bytes as the peer sent them, or, through TLS, of
/// libwebsockets' header table.
///
/// It can't be copied, so that it can't be kept: what it looks at is used again when the callback returns. The table loses some of what
/// was sent: `;` in a query, whether a blank was `+` or `%20`, the borders of repeated headers.
@safe
package struct RequestHead: ~Copyable {
    /// The headers that the server reads.
    package enum Header: Sendable, CaseIterable {
        case accept, acceptEncoding, authorization, connection, contentLength, contentType, cookie, expect, forwardedFor, host
        case ifNoneMatch, origin, realIP, transferEncoding, upgrade, userAgent, accessControlRequestHeaders
        case webSocketKey, webSocketVersion, webSocketProtocol
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

    @safe
    private enum Source {
        case seen(SeenHead)
        case table(HeaderTable)
    }

    private let source: Source

    /// - Parameter seen: as long as this value is there, the door must look at nothing else.
    init(_ seen: SeenHead) { source = .seen(seen) }

    init(borrowing wsi: OpaquePointer) { source = unsafe .table(HeaderTable(borrowing: wsi)) }

    /// The method; nil for one that has no name here.
    package var method: Method? {
        switch source {
        case .seen(let seen): seen.head.method
        case .table(let table): table.method
        }
    }

    /// The path, without authority and query.
    package var path: [UInt8] {
        switch source {
        case .seen(let seen): seen.path
        case .table(let table): table.path
        }
    }

    /// The query of the target, encoded; empty where there is none.
    package var query: [UInt8] {
        switch source {
        case .seen(let seen): seen.copy(seen.head.query)
        case .table(let table): table.query
        }
    }

    /// The bytes of a header; nil where it is missing or empty. Several lines are one list: of cookies as RFC 9113 says (section 8.2.3),
    /// else with commas. The host is the one that counts: of a target in absolute form its own.
    package func header(_ header: Header) -> [UInt8]? {
        switch source {
        case .seen(let seen) where header == .host && seen.head.target == .absolute: seen.copy(seen.head.authority)
        case .seen(let seen): seen.list(of: header.name, separator: header == .cookie ? "; " : ", ")
        case .table(let table): table.header(header)
        }
    }

    /// How many headers of this name there are, empty ones left out.
    package func count(_ header: Header) -> Int {
        switch source {
        case .seen(let seen): seen.count(of: header.name)
        case .table(let table): table.count(header)
        }
    }

    /// The last line of a header that no ``Header`` names: a proxy adds its own behind those that it was sent.
    /// - Parameter name: in lower case, as `cf-connecting-ip`.
    package func lastValue(of name: StaticString) -> [UInt8]? {
        switch source {
        case .seen(let seen): seen.lastValue(of: name)
        case .table(let table): table.lastValue(of: name)
        }
    }

    /// The same for a name that only the settings know. Not through TLS of our own, where libwebsockets keeps no such header.
    package func lastValue(named name: [UInt8]) -> [UInt8]? {
        switch source {
        case .seen(let seen): seen.lastValue(named: name)
        case .table: nil
        }
    }

    /// All lines of such a header as one list.
    package func list(of name: StaticString) -> [UInt8]? {
        switch source {
        case .seen(let seen): seen.list(of: name, separator: ", ")
        case .table(let table): table.lastValue(of: name)
        }
    }

    /// The length of the body: 0 without a `Content-Length`, nil where it is not a plain number that fits.
    package var bodyLength: Int? {
        switch source {
        case .seen(let seen): seen.head.bodyLength
        case .table(let table): table.bodyLength
        }
    }

    /// Whether the request line says HTTP/1.1.
    package var isHTTP11: Bool {
        switch source {
        case .seen(let seen): seen.head.isHTTP11
        case .table(let table): table.isHTTP11
        }
    }

    /// Bytes of the request line and of the headers the server reads.
    var knownHeaderBytes: Int {
        switch source {
        case .seen(let seen): seen.head.length
        case .table(let table): table.knownHeaderBytes
        }
    }

    /// Whether a header that the server reads holds what no header may, for one a NUL (RFC 9110, section 5.5): a proxy in front may
    /// have read it differently.
    var hasControlCharacters: Bool {
        switch source {
        case .seen: false
        case .table(let table): table.hasControlCharacters
        }
    }
}

extension RequestHead.Header {
    /// In lower case.
    var name: StaticString {
        switch self {
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .authorization: "authorization"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .contentType: "content-type"
        case .cookie: "cookie"
        case .expect: "expect"
        case .forwardedFor: "x-forwarded-for"
        case .host: "host"
        case .ifNoneMatch: "if-none-match"
        case .origin: "origin"
        case .realIP: "x-real-ip"
        case .transferEncoding: "transfer-encoding"
        case .upgrade: "upgrade"
        case .userAgent: "user-agent"
        case .accessControlRequestHeaders: "access-control-request-headers"
        case .webSocketKey: "sec-websocket-key"
        case .webSocketVersion: "sec-websocket-version"
        case .webSocketProtocol: "sec-websocket-protocol"
        }
    }
}
