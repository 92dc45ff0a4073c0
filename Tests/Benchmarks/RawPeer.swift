import TestSockets

/// A WebSocket peer that only counts bytes: it costs the benchmarks next to nothing.
struct RawPeer {
    let socket: RawSocket

    /// Connects and shakes hands.
    init(port: Int, path: String = "/") throws {
        socket = try RawSocket(port: port)
        try socket.write(WebSocketClient.handshake(path: path))
        // One byte at a time: a first message may come right behind the answer, and must stay unread.
        var answer: [UInt8] = []
        while !answer.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let byte = try socket.read(upTo: 1)
            guard !byte.isEmpty else { throw SocketFault.ended }
            answer += byte
        }
        guard answer.starts(with: "HTTP/1.1 101".utf8) else { throw SocketFault.malformed(String(decoding: answer, as: UTF8.self)) }
    }

    /// Reads so many bytes.
    func drain(_ count: Int) throws {
        var left = count
        while left > 0 {
            let bytes = try socket.read(upTo: min(left, 1 << 20))
            guard !bytes.isEmpty else { throw SocketFault.ended }
            left -= bytes.count
        }
    }

    /// A text frame as a client sends it; masked with zeros, which is as good as any mask.
    static func frame(_ text: String) -> [UInt8] {
        let payload = Array(text.utf8)
        let length: [UInt8] =
            payload.count < 126 ? [0x80 | UInt8(payload.count)] : [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        return [0x81] + length + [0, 0, 0, 0] + payload
    }

    /// How long a server's text frame of so many bytes is.
    static func frameLength(_ payload: Int) -> Int { payload + (payload < 126 ? 2 : payload < 65_536 ? 4 : 10) }
}
