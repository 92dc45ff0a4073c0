import TestSockets
import Testing
import WebSocketLoop

/// What leaves together, and that nothing is held back: segments with data, as the peer's kernel counts them.
@Suite(.timeLimit(.minutes(1))) struct SegmentTests {
    private static let handshake = String(decoding: WebSocketClient.handshake(path: "/"), as: UTF8.self)

    @Test(
        arguments: [
            ("a handshake and the first message", handshake, "hello"),
            ("a handshake that is put in plainer words", handshake.replacing("GET / ", with: "GET /?% "), "hello"),
            ("a plain answer", "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", "GET /echo "),
            ("a late answer", "GET /later HTTP/1.1\r\nHost: a\r\n\r\n", "late"),
            ("an answer to a body", "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy", "xy"),
            ("a doubtful head", "GET /a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "needed\n"),
            ("a doubtful handshake", handshake.replacing("Key: ", with: "Key: x"), "base64\n"),
            ("a stream's head and its first events", "GET /stream HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n", "hello\n\n"),
        ])
    func `it is one segment, and leaves at once`(what: String, request: String, end: String) async throws {
        try await RequestProbe.run { probe in
            // A server that stands still in between may be late for the kernel: then once more.
            let isOne = try await Patience.sees(inOneOf: 5) { _ in
                let socket = try RawSocket(port: probe.port)
                try socket.write(Array(request.utf8))
                let text = String(decoding: try await socket.receive(), as: UTF8.self)
                // An answer after which the server hangs up leaves with that.
                if end.hasPrefix("hello") { try await leavesAtOnce(socket) }
                return text.hasSuffix(end) && socket.dataSegments == 1
            }
            #expect(isOne, "\(what)")
        }
    }

    @Test(arguments: [handshake, "GET /stream HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"])
    func `each later message leaves at once`(request: String) async throws {
        try await RequestProbe.run { probe in
            let socket = try RawSocket(port: probe.port)
            try socket.write(Array(request.utf8))
            _ = try await socket.receive()
            try await leavesAtOnce(socket)
            for count in 2..<6 {
                await probe.tell("more")
                #expect(try await String(decoding: socket.receive(), as: UTF8.self).contains("more"))
                #expect(socket.dataSegments == count)
            }
        }
    }

    @Test func `of many handshakes that come together none is held back`() async throws {
        try await RequestProbe.run { probe in
            let sockets = try (0..<40).map { _ in try RawSocket(port: probe.port) }
            let start = ContinuousClock.now
            for socket in sockets { try socket.write(Array(Self.handshake.utf8)) }
            for socket in sockets {
                var text = ""
                // A slow machine has pings behind it.
                while !text.contains("hello") { text += try await String(decoding: socket.receiveMore(), as: UTF8.self) }
                try await leavesAtOnce(socket)
                #expect(socket.dataSegments == 1 || start.duration(to: .now) > Self.patience)
            }
        }
    }

    /// After so long the kernel sends what it holds back, whatever the server does: where the server stood still meanwhile, two segments
    /// show nothing.
    private static let patience = Duration.milliseconds(200)

    /// What counts is that the kernel holds nothing back from then on.
    private func leavesAtOnce(_ socket: RawSocket) async throws {
        #expect(try await Patience.sees { !socket.isHeldBackByPeer })
    }

    @Test func `a port is seen to be open by who says nothing, and costs no connection`() async throws {
        try await RequestProbe.run { probe in
            let silent = try RawSocket(port: probe.port)
            // Nothing may come of it.
            try await Task.sleep(for: .milliseconds(50))
            #expect(probe.budget.openConnections == 0)
            try silent.write(Array("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            #expect(try await String(decoding: silent.receiveAll(), as: UTF8.self).hasSuffix("GET /echo "))
            silent.close()
            try RawSocket(port: probe.port).close()
            try await probe.waitUntilEmpty()
        }
    }
}
