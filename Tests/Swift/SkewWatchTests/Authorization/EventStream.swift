import TestSockets

/// A reader of `/__skew/sse`.
struct EventStream {
    private let socket: RawSocket
    private var unread = ""

    init(port: Int) throws {
        socket = try RawSocket(port: port)
        try socket.write(Array("GET /__skew/sse HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8))
    }

    /// Waits for `start` and then `end`; what comes before and they themselves are used up.
    mutating func text(after start: String, upTo end: String) async throws -> String {
        while true {
            if let first = unread.firstRange(of: start), let last = unread[first.upperBound...].firstRange(of: end) {
                defer { unread = String(unread[last.upperBound...]) }
                return String(unread[first.upperBound..<last.lowerBound])
            }
            let more = try await socket.receive()
            if more.isEmpty { throw SocketFault.ended }
            unread += String(decoding: more, as: UTF8.self)
        }
    }
}
