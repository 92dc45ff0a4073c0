internal import WebSocketLoop

extension LoopOptions {
    /// - Parameter loops: how many loops share what is limited for all of them.
    init(_ configuration: Configuration, loops: Int) {
        self.init()
        subprotocol = SubprotocolToken.subprotocol
        maxMessageBytes = configuration.maxMessageBytes
        maxPendingHandshakes = max(1, configuration.maxPendingHandshakes / loops)
        handshakeTimeout = configuration.handshakeTimeout
        pingInterval = configuration.pingInterval
        keepaliveInterval = min(keepaliveInterval, configuration.pingInterval)
        pongTimeout = configuration.pongTimeout
        maxMessagesPerSecond = configuration.maxMessagesPerSecond
        messageBurst = 2 * configuration.maxMessagesPerSecond
        proxyProtocol = configuration.proxyProtocol
        if let certificate = configuration.tlsCertificate, let key = configuration.tlsKey { tls = (certificate, key) }
    }
}
