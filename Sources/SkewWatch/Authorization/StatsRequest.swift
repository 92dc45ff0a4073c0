internal import Presence
public import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

/// A connection as an embedding program sees it.
public struct ConnectionInfo: Sendable, Equatable {
    /// The id that statistics show, a UUID in lower case.
    public let id: String
    public let version: String
    /// `/` while routes are not tracked.
    public let route: String
    /// The address of the peer; nil while addresses are not tracked.
    public let address: String?
}

/// The part of a handshake that tells who is asking. Kept only for servers with an `authorizeStats` hook.
public struct HandshakeHead: Sendable, Equatable {
    /// The `Cookie` header, as it came.
    public let cookie: String?
    /// The `Authorization` header, as it came.
    public let authorization: String?
    /// The `Origin` header, as it came.
    public let origin: String?
    /// The `User-Agent` header, as it came.
    public let userAgent: String?
}

/// One `subscribe-stats`, asked of the embedding program. Any thread.
public final class StatsRequest: Sendable {
    /// Who asks.
    public let connection: ConnectionInfo
    /// What it said of itself in its handshake.
    public let head: HandshakeHead
    /// The `token` of the message, if it had one.
    public let token: String?
    private let grant = Mutex<StatisticsScope?>(nil)

    init(connection: ConnectionInfo, head: HandshakeHead, token: String?) {
        self.connection = connection
        self.head = head
        self.token = token
    }

    /// Lets the connection see the statistics. Without a call it is denied.
    public func authorize(scope: StatisticsScope = .ips) {
        grant.withLock { $0 = scope }
    }

    var grantedScope: StatisticsScope? { grant.withLock { $0 } }
}

extension HandshakeHead {
    init(_ head: borrowing RequestHead) {
        self.init(
            cookie: head.header(.cookie).map { String(decoding: $0, as: UTF8.self) },
            authorization: head.header(.authorization).map { String(decoding: $0, as: UTF8.self) },
            origin: head.header(.origin).map { String(decoding: $0, as: UTF8.self) },
            userAgent: head.header(.userAgent).map { String(decoding: $0, as: UTF8.self) })
    }
}
