/// The times of the options in ticks, worked out once.
struct Waits {
    let handshake: UInt32
    let ping: UInt32
    let pong: UInt32
    let keepalive: UInt32
    let blocked: UInt32

    init(_ options: LoopOptions) {
        handshake = Self.ticks(options.handshakeTimeout)
        ping = Self.ticks(options.pingInterval)
        pong = Self.ticks(options.pongTimeout)
        keepalive = Self.ticks(options.keepaliveInterval)
        blocked = Self.ticks(options.blockedTimeout)
    }

    /// At least one.
    static func ticks(_ duration: Duration) -> UInt32 {
        let (seconds, attoseconds) = duration.components
        return UInt32(max(1, Int(seconds) * WebSocketLoop.ticksPerSecond + Int(attoseconds / 100_000_000_000_000_000)))
    }
}
