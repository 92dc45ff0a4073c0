/// How a loop treats its sockets.
package struct LoopOptions: Sendable {
    /// Longest message in bytes; a longer one, or one that is declared longer, closes with 1009.
    package var maxMessageBytes = 4096
    /// Bytes per WebSocket that are allocated for receiving, longer messages are assembled. 128 is the least that holds a control
    /// frame; 4096 would cost 4 KB for every idle tab.
    package var receiveBufferBytes = 128
    /// Connections in their handshake at once on this loop; further ones wait in the kernel's backlog.
    package var maxPendingHandshakes = 4096
    /// Connections that are let in though no file descriptor is left, by those that are kept for them: for probes.
    package var keptPlaces = 0
    /// From the accept to the end of the handshake, and the longest wait for the next request of a kept-alive connection.
    package var handshakeTimeout: Duration = .seconds(5)
    /// A ping goes out this long after the last one was answered.
    package var pingInterval: Duration = .seconds(25)
    /// How long the pong may take, or, on a stream, the acknowledgement of what was sent; then the connection is dropped.
    package var pongTimeout: Duration = .seconds(10)
    /// How long a peer may take no byte while bytes wait for it.
    package var blockedTimeout: Duration = .seconds(10)
    /// Every stream gets a keepalive this often. Proxies cut what is silent for 30 s.
    package var keepaliveInterval: Duration = .seconds(15)
    /// The subprotocol that is chosen where a client offers it, before any other that it offers.
    package var subprotocol: String?
    /// Messages per second and per socket; 0 is no limit.
    package var maxMessagesPerSecond = 20
    /// Messages at once and per socket.
    package var messageBurst = 40
    /// Bytes that may wait for one socket; more closes it with 1008.
    package var maxQueuedBytes = 64 * 1024
    /// Whether each connection begins with a header of the PROXY protocol, of a proxy that the budget of addresses knows as one.
    package var proxyProtocol = false
    /// TLS with this certificate chain and key (paths of PEM files); nil is plain TCP.
    package var tls: (certificate: String, key: String)?

    package init() {}
}
