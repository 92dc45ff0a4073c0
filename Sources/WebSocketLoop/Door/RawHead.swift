/// The head of a request, judged on the bytes as they lie in the kernel, before libwebsockets sees them.
///
/// Bare line feeds, folds, a second line of a name behind an empty one: whoever stands in front may have read those differently, so they
/// are refused. libwebsockets' own reader hides them. Pure: it reads bytes and says what is to become of them.
struct RawHead: Equatable {
    /// What a request wants, as far as its head tells.
    enum Kind: Equatable {
        /// An answer, after which the connection ends.
        case plain
        /// A stream of events: a GET that accepts `text/event-stream`.
        case stream
        /// A handshake: an upgrade to `websocket`, which `Connection` names.
        case handshake
    }

    /// The form of the request's target (RFC 9112, section 3.2).
    enum Target: Equatable {
        /// A path, as everybody sends it.
        case origin
        /// A whole URL, as if we were a proxy. Its authority counts, and no Host header (RFC 9112, section 3.2.2).
        case absolute
        /// `OPTIONS *`: the server as a whole.
        case asterisk
    }

    /// What is to become of a connection whose first bytes these are.
    enum Decision: Equatable {
        /// The head has not come whole.
        case wait
        /// It may be served.
        case serve(RawHead)
        /// It is answered with this, and the connection ends.
        case refuse(RequestFault)
    }

    /// Longest head of a plain request in bytes.
    static let maxPlainBytes = 8192
    /// Longest head of any request in bytes: tokens of streams and handshakes may be large.
    static let maxBytes = 16_384
    /// Most lines of a head.
    static let maxLines = 88

    /// Bytes of the head, the empty line included.
    var length = 0
    /// Bytes of the body, as declared.
    var bodyLength = 0
    var kind = Kind.plain
    var method = RequestHead.Method.get
    var target = Target.origin
    /// Where the authority of a target in absolute form lies.
    var authority = 0..<0
    /// Where the path lies; empty for a URL without one, and for `*`.
    var path = 0..<0
    /// Where the query lies, without its question mark.
    var query = 0..<0
    var isHTTP11 = false

    /// Judges what has come so far: one walk over the bytes, nothing is allocated.
    /// - Parameter lines: is filled with where the lines of a head that may be served lie.
    static func decide(on bytes: borrowing Span<UInt8>, noting lines: HeadLines = HeadLines()) -> Decision {
        var walk = HeadWalk(noting: lines)
        do throws(HeadWalk.Stop) {
            return .serve(try walk.run(over: bytes.extracting(..<min(bytes.count, maxBytes)), of: bytes.count))
        } catch {
            switch error {
            case .incomplete: return bytes.count >= maxBytes ? .refuse(.headerTooLarge) : .wait
            case .faulty(let fault): return .refuse(fault)
            }
        }
    }
}

extension RequestFault {
    /// The head breaks RFC 9112 or could be read in two ways.
    static func malformed(_ sentence: String) -> RequestFault { RequestFault(400, sentence) }
    /// The body comes in chunks.
    static let chunked = RequestFault(411, "chunks are not taken: send the body with its Content-Length")
    /// A method that this server has no use for.
    static let methodNotKnown = RequestFault(501, "this method is not known here")
    /// HTTP, but neither 1.0 nor 1.1.
    static let versionNotSupported = RequestFault(505, "this server speaks HTTP/1.1")
    /// The server has all the connections it may have.
    static let connectionLimit = RequestFault(503, "the server is full", headers: [("Retry-After", "5")])
    static let addressLimit = RequestFault(429, "this address has too many connections", headers: [("Retry-After", "5")])
    static let addressRate = RequestFault(429, "this address opens too many connections", headers: [("Retry-After", "1")])
    /// Its peer is no proxy that is trusted, or does not say for whom it speaks.
    static let noProxyHeader = RequestFault(400, "this port is for a trusted proxy that speaks the PROXY protocol")
    /// The first byte is none of TLS, where TLS is spoken.
    static let notTLS = RequestFault(400, "this port speaks TLS: ask with https or wss")
}

extension HTTPResponse {
    /// The answer to `OPTIONS *`: what the server takes as a whole.
    static var serverOptions: HTTPResponse { HTTPResponse(status: 204, headers: [("Allow", "GET, HEAD, POST, DELETE, OPTIONS")]) }
}
