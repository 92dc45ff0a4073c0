import TestSockets

/// A client of `/__skew/sse` that reads one event after the other.
package actor EventStream {
    private let socket: RawSocket
    private var unread: [UInt8] = []
    /// The status line and the header lines.
    package private(set) var head: [String] = []
    /// The first line: when to come back.
    package private(set) var retry = ""
    package private(set) var hello = ""

    package init(port: Int, _ query: String = "", headers: [String] = [], host: String = "127.0.0.1") async throws {
        socket = try RawSocket(port: port, host: host)
        let lines = ["GET /__skew/sse\(query) HTTP/1.1", "Host: 127.0.0.1", "Accept: text/event-stream"] + headers
        try socket.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        head = try await block(endingWith: "\r\n\r\n").split(separator: "\r\n").map(String.init)
        guard head[0] == "HTTP/1.1 200 OK" else { throw SocketFault.malformed(head[0]) }
        retry = try await block(endingWith: "\n\n")
        hello = try await event()
    }

    /// The handle for POSTs.
    package var handle: String { get throws { try Message(hello).connectionID ?? "" } }

    /// The id that rows show.
    package var id: String { get throws { String(try handle.prefix { $0 != "." }) } }

    /// The data of the next event.
    package func event() async throws -> String {
        let block = try await block(endingWith: "\n\n")
        guard block.hasPrefix("data: "), !block.contains("\n") else { throw SocketFault.malformed(block) }
        return String(block.dropFirst(6))
    }

    /// The first message for which `isWanted` holds; everything before it is skipped.
    package func message(where isWanted: @Sendable (Message) -> Bool = { _ in true }) async throws -> Message {
        while true {
            let message = try Message(await event())
            if isWanted(message) { return message }
        }
    }

    /// What comes until the connection ends.
    package func rest() async throws -> String {
        let bytes = try await unread + socket.receiveAll()
        return String(decoding: bytes, as: UTF8.self)
    }

    package func hears(within milliseconds: Int32) async throws -> Bool {
        if !unread.isEmpty { return true }
        return try await socket.hears(within: milliseconds)
    }

    /// How a peer may go.
    package enum Departure: CaseIterable, Sendable { case closes, resets, talks, halfCloses }

    package func leave(_ departure: Departure) throws {
        switch departure {
        case .closes: socket.close()
        case .resets: socket.reset()
        case .talks: try socket.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        case .halfCloses: socket.finishWriting()
        }
    }

    private func block(endingWith end: String) async throws -> String {
        while true {
            if let range = unread.firstRange(of: Array(end.utf8)) {
                defer { unread.removeSubrange(..<range.upperBound) }
                return String(decoding: unread[..<range.lowerBound], as: UTF8.self)
            }
            let more = try await socket.receive()
            if more.isEmpty { throw SocketFault.ended }
            unread += more
        }
    }
}
