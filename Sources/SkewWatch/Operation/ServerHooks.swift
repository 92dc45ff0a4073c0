/// What an embedding program may be told and asked. All hooks are optional.
public struct ServerHooks: Sendable {
    /// Asked for each `subscribe-stats` that nothing else grants; it authorizes by calling ``StatsRequest/authorize(scope:ttl:)``.
    /// Runs on the shared pool, up to 64 at a time.
    public var authorizeStats: (@Sendable (StatsRequest) async -> Void)?
    /// A connection opened. Called on the thread of its loop: return quickly.
    public var connectionOpened: (@Sendable (ConnectionInfo) -> Void)?
    /// A connection changed its route; only while routes are tracked. Called on the thread of its loop: return quickly.
    public var connectionMoved: (@Sendable (ConnectionInfo) -> Void)?
    /// A connection is gone. Called on the thread of its loop: return quickly.
    public var connectionClosed: (@Sendable (ConnectionInfo) -> Void)?
    /// The server accepts connections on this port, 0 where on a Unix socket alone; ``SkewWatchServer/address`` tells more. Called once, on the task of
    /// ``SkewWatchServer/run()``.
    public var listening: (@Sendable (_ port: Int) -> Void)?
    /// Whether the public port is the socket that a supervisor hands over to this process in the way of systemd (`LISTEN_FDS`), where it
    /// does; else a socket is opened.
    package var takesActivatedSocket = false

    /// No hooks.
    public init() {}
}
