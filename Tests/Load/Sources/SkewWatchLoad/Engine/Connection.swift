/// What the engine keeps for one connection.
struct Connection {
    /// How far it is.
    enum Phase {
        case free, connecting, handshaking, open, closing
    }

    /// Which of its messages are told; the rest are only counted.
    enum Attention {
        case none, first, all
    }

    var phase = Phase.free
    var use: UInt32 = 0
    var socket: Int32 = -1
    var attention = Attention.none
    var startedAt: Int64 = 0
    var request: [UInt8] = []
    var head: AnswerHead?
    var frames = FrameParser(keepsText: false)
    /// Set where this is an event stream and no WebSocket.
    var stream: EventStreamParser?
    var isStream = false
    var unsent: [UInt8] = []
    /// The code of the server's close frame, once it came.
    var closeCode: Int??
}
