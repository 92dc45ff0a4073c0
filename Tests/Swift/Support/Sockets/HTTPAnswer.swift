/// An HTTP/1 answer as it came.
public struct HTTPAnswer: Sendable, Equatable {
    public var status: Int
    /// The header lines without the status line.
    public var headers: [String]
    public var body: String

    /// The value of the first header of this name.
    public subscript(name: String) -> String? {
        headers.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map { line in
            String(line.drop { $0 != ":" }.dropFirst().drop { $0 == " " })
        }
    }

    /// Sends `request` as it is on a fresh connection and reads the answer; nil when the server hangs up without one.
    public static func to(_ request: String, port: Int, host: String = "127.0.0.1") async throws -> HTTPAnswer? {
        try await BlockingQueue.run {
            let socket = try RawSocket(port: port, host: host)
            do {
                try socket.write(Array(request.utf8))
                return try read(from: socket, isUpgrade: false).answer
            } catch SocketFault.ended {
                return nil
            }
        }
    }

    /// Reads one answer.
    /// - Parameter isUpgrade: what follows a 101 belongs to the new protocol.
    /// - Returns: the answer, and the bytes after it.
    static func read(from socket: RawSocket, isUpgrade: Bool) throws(SocketFault) -> (answer: HTTPAnswer, rest: [UInt8]) {
        var bytes: [UInt8] = []
        var headEnd: Int?
        while headEnd == nil {
            let more = try socket.read()
            if more.isEmpty { throw .ended }
            bytes += more
            headEnd = endOfHead(bytes)
        }
        let lines = String(decoding: bytes[..<headEnd!], as: UTF8.self).split(separator: "\r\n").map(String.init)
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { throw .malformed(lines[0]) }
        var answer = HTTPAnswer(status: status, headers: Array(lines.dropFirst()), body: "")
        if isUpgrade, status == 101 { return (answer, Array(bytes[headEnd!...])) }
        let length = answer["Content-Length"].flatMap { Int($0) } ?? 0
        while bytes.count < headEnd! + length {
            let more = try socket.read()
            if more.isEmpty { throw .ended }
            bytes += more
        }
        answer.body = String(decoding: bytes[headEnd!..<headEnd! + length], as: UTF8.self)
        return (answer, Array(bytes[(headEnd! + length)...]))
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (4...bytes.count).first { bytes[($0 - 4)..<$0].elementsEqual("\r\n\r\n".utf8) }
    }
}
