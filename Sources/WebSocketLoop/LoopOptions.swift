/// How a loop treats its sockets.
public struct LoopOptions: Sendable {
    /// Longest message in bytes; a longer one, or one that is declared longer, closes with 1009.
    public var maxMessageBytes = 4096
    /// Bytes per WebSocket that are allocated for receiving, longer messages are assembled. 128 is the least that holds a control
    /// frame; 4096 would cost 4 KB for every idle tab.
    public var receiveBufferBytes = 128
    /// Connections in their handshake at once on this loop; further ones wait in the kernel's backlog.
    public var maxPendingHandshakes = 4096
    /// From the accept to the end of the handshake, and the longest wait for the next request of a kept-alive connection.
    public var handshakeTimeout: Duration = .seconds(5)
    /// A ping goes out this long after the last one was answered.
    public var pingInterval: Duration = .seconds(25)
    /// How long the pong may take; then the connection is dropped.
    public var pongTimeout: Duration = .seconds(10)
    /// How long a peer may take no byte while bytes wait for it.
    public var blockedTimeout: Duration = .seconds(10)
    /// A stream that was sent nothing for so long gets a keepalive.
    public var keepaliveInterval: Duration = .seconds(30)
    /// Messages per second and per socket; 0 is no limit.
    public var maxMessagesPerSecond = 20
    /// Messages at once and per socket.
    public var messageBurst = 40
    /// Bytes that may wait for one socket; more closes it with 1008.
    public var maxQueuedBytes = 64 * 1024
    /// TLS with this certificate chain and key (paths of PEM files); nil is plain TCP.
    public var tls: (certificate: String, key: String)?

    public init() {}
}
