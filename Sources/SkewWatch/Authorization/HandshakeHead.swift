/// The part of a handshake that tells who is asking. Kept only as far as an authorizer looks at it.
public struct HandshakeHead: Sendable, Equatable {
    /// The `Cookie` header, as it came.
    public let cookie: String?
    /// The `Authorization` header, as it came.
    public let authorization: String?
    /// The `Origin` header, as it came.
    public let origin: String?
    /// The `User-Agent` header, as it came.
    public let userAgent: String?

    /// Nothing said.
    static let empty = HandshakeHead(cookie: nil, authorization: nil, origin: nil, userAgent: nil)
}
