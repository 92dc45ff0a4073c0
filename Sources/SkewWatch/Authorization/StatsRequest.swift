internal import Synchronization

/// One `subscribe-stats`, asked of the embedding program; asked again before a grant with a `ttl` ends. Any thread.
public final class StatsRequest: Sendable {
    /// Who asks.
    public let connection: ConnectionInfo
    /// What it said of itself in its handshake.
    public let head: HandshakeHead
    /// The `token` of the message, if it had one.
    public let token: String?
    private let given = Mutex<(scope: StatisticsScope, ttl: Duration?)?>(nil)

    init(connection: ConnectionInfo, credentials: Credentials) {
        self.connection = connection
        head = credentials.head
        token = credentials.token
    }

    /// How long a grant lasts that says nothing about it: five minutes.
    public static let defaultTTL = Duration.seconds(300)

    /// Lets the connection see the statistics. Without a call it is denied.
    /// - Parameters:
    ///   - scope: how much of them.
    ///   - ttl: how long; shortly before its end the hook is asked again, and the client notices nothing if it grants again.
    ///     nil: until the connection closes or is revoked.
    public func authorize(scope: StatisticsScope = .ips, ttl: Duration? = defaultTTL) {
        given.withLock { $0 = (scope, ttl) }
    }

    var credentials: Credentials { Credentials(head: head, token: token) }

    /// What the program granted, counted from `now`.
    func grant(now: Duration) -> Grant? {
        given.withLock { $0 }.map { scope, ttl in
            Grant(authorizer: .hook, scope: scope, expires: ttl.map { now + max(.zero, $0) }, who: nil)
        }
    }
}
