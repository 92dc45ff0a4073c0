/// A WebSocket client that can break every rule. Its blocking waits are on a queue of its own, never on the pool that the server's
/// actors share.
public actor WebSocketClient {
    /// What a server sends.
    public enum Event: Sendable, Equatable {
        case text(String)
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        /// The code is nil where the frame has no payload.
        case close(code: Int?)
        /// The connection ended.
        case end
    }

    /// One frame as it is on the wire.
    public struct Frame: Sendable {
        public var opcode: UInt8
        public var isFinal: Bool
        public var payload: [UInt8]
    }

    private let queue = BlockingQueue()
    nonisolated public var unownedExecutor: UnownedSerialExecutor { unsafe queue.asUnownedSerialExecutor() }

    private var socket: RawSocket!
    private var buffer: [UInt8] = []
    private var start = 0
    /// The message whose fragments are still to come; control frames may lie between them.
    private var partial: Frame?
    /// The answer to the handshake.
    public private(set) var answer = HTTPAnswer(status: 0, headers: [], body: "")

    /// Connects and shakes hands; throws ``RefusedHandshake`` unless the answer is 101.
    public init(
        port: Int, path: String = "/", headers: [String] = [], host: String = "127.0.0.1", receiveBuffer: Int32? = nil
    ) async throws {
        try open(port: port, path: path, headers: headers, host: host, receiveBuffer: receiveBuffer)
    }

    private func open(port: Int, path: String, headers: [String], host: String, receiveBuffer: Int32?) throws {
        socket = try RawSocket(port: port, host: host, receiveBuffer: receiveBuffer)
        try socket.write(Self.handshake(path: path, headers: headers))
        (answer, buffer) = try HTTPAnswer.read(from: socket, isUpgrade: true)
        guard answer.status == 101 else { throw RefusedHandshake(answer: answer) }
    }

    /// The bytes of a handshake that every server accepts, with further header lines.
    public static func handshake(path: String, headers: [String] = []) -> [UInt8] {
        let lines =
            [
                "GET \(path) HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + headers
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    // MARK: Sending

    public func send(_ text: String) throws { try sendFrame(0x1, Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) throws { try sendFrame(0x2, bytes) }

    /// Sends one frame; `declaring` lies about its length.
    public func sendFrame(
        _ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0, declaring length: Int? = nil
    ) throws {
        try socket.write(Self.frame(opcode, payload, isFinal: isFinal, reserved: reserved, declaring: length))
    }

    /// The bytes of one frame.
    public static func frame(
        _ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0, declaring length: Int? = nil
    ) -> [UInt8] {
        let length = length ?? payload.count
        var frame: [UInt8] = [(isFinal ? 0x80 : 0) | reserved | opcode]
        switch length {
        case 0...125: frame.append(0x80 | UInt8(length))
        case 126...0xFFFF: frame += [0x80 | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
        default:
            frame.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) { frame.append(UInt8(truncatingIfNeeded: length >> shift)) }
        }
        // A key of zeros is as good as any, and saves a slow loop over large payloads in a debug build.
        let key: [UInt8] = payload.count > 100_000 ? [0, 0, 0, 0] : [0x37, 0xFA, 0x21, 0x3D]
        frame += key
        if key[0] == 0 { frame += payload } else { for index in payload.indices { frame.append(payload[index] ^ key[index & 3]) } }
        return frame
    }

    /// Sends bytes as they are.
    public func sendRaw(_ bytes: [UInt8]) throws { try socket.write(bytes) }

    public func sendClose(_ code: Int?) throws {
        try sendFrame(0x8, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
    }

    /// Hangs up without a close frame.
    public func hangUp() { socket.close() }

    /// Hangs up with RST.
    public func reset() { socket.reset() }

    // MARK: Receiving

    /// The next frame; nil when the connection has ended.
    public func frame() throws -> Frame? {
        guard let head = try take(2) else { return nil }
        var length = Int(head[1] & 0x7F)
        if length >= 126 {
            guard let longer = try take(length == 126 ? 2 : 8) else { return nil }
            length = longer.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = try take(length) else { return nil }
        return Frame(opcode: head[0] & 0x0F, isFinal: head[0] & 0x80 != 0, payload: payload)
    }

    /// The next message or control frame; fragments are joined.
    public func next() throws -> Event {
        while let frame = try frame() {
            switch frame.opcode {
            case 0x8: return .close(code: frame.payload.count < 2 ? nil : Int(frame.payload[0]) << 8 | Int(frame.payload[1]))
            case 0x9: return .ping(frame.payload)
            case 0xA: return .pong(frame.payload)
            case 0x0:
                guard partial != nil else { throw SocketFault.malformed("a continuation of nothing") }
                partial!.payload += frame.payload
            default:
                guard partial == nil else { throw SocketFault.malformed("a message within a message") }
                partial = frame
            }
            if frame.isFinal, let message = partial {
                partial = nil
                guard message.opcode == 1 else { return .binary(message.payload) }
                guard let text = String(validating: message.payload, as: UTF8.self) else { throw SocketFault.malformed("text is no UTF-8") }
                return .text(text)
            }
        }
        return .end
    }

    /// The next text, pings being answered on the way; throws when something else comes.
    public func text() throws -> String {
        while true {
            switch try next() {
            case .text(let text): return text
            case .ping(let payload): try sendFrame(0xA, payload)
            case .end: throw SocketFault.ended
            case let other: throw SocketFault.malformed("\(other) instead of text")
            }
        }
    }

    /// The code of the close frame that comes after whatever else; nil when the connection ends without one.
    public func closeCode() throws -> Int? {
        while true {
            switch try next() {
            case .close(let code): return code
            case .end: return nil
            default: continue
            }
        }
    }

    /// Reads until the connection has ended.
    public func waitForEnd() throws {
        while try !socket.read().isEmpty {}
    }

    /// Whether something comes within `milliseconds`: to tell that nothing does.
    public func hears(within milliseconds: Int32) -> Bool { start < buffer.count || socket.isReadable(within: milliseconds) }

    private func take(_ count: Int) throws -> [UInt8]? {
        while buffer.count - start < count {
            let more = try socket.read(upTo: max(65_536, min(count, 1 << 20)))
            if more.isEmpty { return nil }
            if start > 1 << 20 || start == buffer.count {
                buffer.removeFirst(start)
                start = 0
            }
            buffer += more
        }
        defer { start += count }
        return Array(buffer[start..<start + count])
    }
}

/// A handshake that was answered with something else than 101.
public struct RefusedHandshake: Error {
    public let answer: HTTPAnswer
}
