internal import WebSocketLoop

extension Endpoint {
    /// Where WebSockets are opened. A handshake is let in by the same rules and never gets here; what does is no handshake.
    static let webSocket = Endpoint(.get, "/ws", .newConnection) { _, _, _ in
        .respond(
            .error(
                426, "this is a WebSocket endpoint: it needs Upgrade: websocket and Connection: Upgrade, which a proxy must pass on",
                headers: [("Upgrade", "websocket"), ("Connection", "Upgrade")]))
    }
}
