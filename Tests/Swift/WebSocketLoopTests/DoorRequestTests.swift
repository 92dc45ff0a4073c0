import TestSockets
import Testing

@testable import WebSocketLoop

/// Plain requests and streams that the door serves by itself, on real sockets.
@Suite struct DoorRequestTests {
    @Test func `targets in absolute form, unknown upgrades and any query are answered like others`() async throws {
        try await RequestProbe.run { probe in
            for (line, more, answered) in [
                ("GET /echo?a=b;c&&d=%20+ HTTP/1.1", "", "GET /echo a=b;c&&d=%20+"),
                ("GET http://a/echo?x HTTP/1.1", "", "GET /echo x"),
                (
                    "GET /echo HTTP/1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
                    "GET /echo "
                ),
                ("DELETE /echo HTTP/1.1", "Upgrade: foo\r\nConnection: upgrade\r\n", "DELETE /echo "),
                ("GET /echo HTTP/1.0", "", "GET /echo "),
                ("GET /echo HTTP/1.1", "Upgrade: websocket\r\n", "GET /echo "),
                ("GET /echo HTTP/1.1", "Upgrade: websocket\r\nConnection: keep-alive\r\n", "GET /echo "),
                ("POST /echo HTTP/1.0", "Upgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 0\r\n", "POST /echo "),
            ] {
                let answer = try await HTTPAnswer.to("\(line)\r\nHost: a\r\n\(more)\r\n", port: probe.port)
                #expect(answer?.status == 200 && answer?.body == answered, "\(line)")
                #expect(answer?["Connection"] == "close")
            }
            let options = try await HTTPAnswer.to("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", port: probe.port)
            #expect(options?.status == 204)
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `a body comes in pieces, is too long, or is told to come`() async throws {
        try await RequestProbe.run { probe in
            let slow = try RawSocket(port: probe.port)
            for piece in ["POST /body HTTP/1.1\r\nHost: a\r\nContent-Le", "ngth: 10\r\n\r\nhel", "lo", "world"] {
                try slow.write(Array(piece.utf8))
                // So that the kernel hands each piece over by itself.
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await String(decoding: slow.receiveAll(), as: UTF8.self).hasSuffix("\r\n\r\nhelloworld"))
            slow.close()
            let long = "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n" + String(repeating: "x", count: 101)
            #expect(try await HTTPAnswer.to(long, port: probe.port)?.status == 413)
            let polite = try RawSocket(port: probe.port)
            try polite.write(Array("POST /body HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n".utf8))
            #expect(try await String(decoding: polite.receive(), as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
            try polite.write(Array("ok".utf8))
            #expect(try await String(decoding: polite.receiveAll(), as: UTF8.self).hasSuffix("\r\n\r\nok"))
            polite.close()
            let none = try await HTTPAnswer.to("POST /body HTTP/1.1\r\nHost: a\r\n\r\n", port: probe.port)
            #expect(none?.status == 200 && none?.body == "")
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `a body that trickles is cut when the handshake's time is up`() async throws {
        var options = LoopOptions()
        options.handshakeTimeout = .milliseconds(400)
        try await RequestProbe.run(options) { probe in
            let slow = try RawSocket(port: probe.port)
            let start = ContinuousClock.now
            try slow.write(Array("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n".utf8))
            do {
                while try await !slow.hears(within: 30) { try slow.write(Array("x".utf8)) }
                #expect(try await slow.receive().isEmpty)
            } catch SocketFault.ended {}
            let seconds = ContinuousClock.now - start
            #expect(seconds > .milliseconds(300), "\(seconds)")
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `a large answer reaches a peer that reads slowly, and HEAD has none`() async throws {
        try await RequestProbe.run { probe in
            let slow = try RawSocket(port: probe.port, receiveBuffer: 4096)
            try slow.write(Array("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            var count = 0
            while true {
                let piece = try await slow.receive()
                if piece.isEmpty { break }
                count += piece.count
            }
            #expect(count > RequestProbe.largeBytes && count < RequestProbe.largeBytes + 300)
            slow.close()
            for (more, status) in [("", 200), ("Host: b\r\n", 400)] {
                let socket = try RawSocket(port: probe.port)
                try socket.write(Array("HEAD /large HTTP/1.1\r\nHost: a\r\n\(more)\r\n".utf8))
                let text = String(decoding: try await socket.receiveAll(), as: UTF8.self)
                #expect(text.hasPrefix("HTTP/1.1 \(status) ") && text.hasSuffix("\r\n\r\n"), "\(text)")
                if status == 200 { #expect(text.contains("\r\nContent-Length: \(RequestProbe.largeBytes)\r\n")) }
                socket.close()
            }
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `a later answer comes, and who hangs up before is forgotten`() async throws {
        try await RequestProbe.run { probe in
            #expect(try await HTTPAnswer.to("GET /later HTTP/1.1\r\nHost: a\r\n\r\n", port: probe.port)?.body == "late")
            #expect(
                try await HTTPAnswer.to("POST /body?later HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", port: probe.port)?.body
                    == "late")
            let gone = try RawSocket(port: probe.port)
            try gone.write(Array("GET /never HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            gone.close()
            while await probe.ended < 3 { try await Task.sleep(for: .milliseconds(5)) }
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `who waits long is sent blanks at once, and is not cut when the handshake's time is up`() async throws {
        var options = LoopOptions()
        options.handshakeTimeout = .milliseconds(200)
        try await RequestProbe.run(options) { probe in
            let socket = try RawSocket(port: probe.port)
            try socket.write(Array("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            #expect(try await !socket.hears(within: 600))
            await probe.answerWaiting()
            let head = String(decoding: try await socket.receive(), as: UTF8.self)
            #expect(!socket.isHeldBackByPeer)
            #expect(head == "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n ")
            await probe.answerWaiting()
            #expect(try await String(decoding: socket.receive(), as: UTF8.self) == " ")
            await probe.answerWaiting("{}")
            #expect(try await String(decoding: socket.receiveAll(), as: UTF8.self) == "{}")
            socket.close()
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `a peer that floods after its answer is hung up on`() async throws {
        try await RequestProbe.run { probe in
            let flood = try RawSocket(port: probe.port)
            let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            // Not on the loop's own thread, where a test goes on after it has asked the probe.
            let flooding = Task.detached {
                try flood.write(Array("GET //x HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
                for _ in 0..<2000 { try flood.write(piece) }
            }
            await #expect(throws: SocketFault.ended) { try await flooding.value }
            try await probe.waitUntilEmpty()
        }
    }

    @Test func `a stream is opened by any form of request, and ends when its peer hangs up`() async throws {
        try await RequestProbe.run { probe in
            for line in ["GET /stream HTTP/1.1", "GET http://a/stream HTTP/1.1", "GET /stream HTTP/1.1\r\nUpgrade: h2c"] {
                let stream = try RawSocket(port: probe.port)
                try stream.write(Array("\(line)\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n".utf8))
                // One piece: the head, what comes before, and the first event.
                let text = String(decoding: try await stream.receive(), as: UTF8.self)
                #expect(text.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"), "\(line)")
                #expect(text.hasSuffix("\r\n\r\nretry: 1\n\ndata: hello\n\n"))
                await probe.tell(String(repeating: "y", count: 100_000))
                var bytes = 0
                while bytes < 100_008 { bytes += try await stream.receiveMore().count }
                #expect(bytes == 100_008)
                stream.close()
                try await probe.waitUntilEmpty()
            }
            #expect(await probe.closed == 3)
        }
    }

    @Test func `a stream whose peer does not read is told the rest when it does`() async throws {
        try await RequestProbe.run { probe in
            let stream = try RawSocket(port: probe.port, receiveBuffer: 4096)
            try stream.write(Array("GET /stream HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n".utf8))
            var text = String(decoding: try await stream.receive(), as: UTF8.self)
            await probe.tell(String(repeating: "y", count: 4_000_000))
            await probe.tell("end")
            while !text.hasSuffix("data: end\n\n") { text += String(decoding: try await stream.receiveMore(), as: UTF8.self) }
            // Two stand in front: `Content-Type`, `retry`.
            #expect(text.utf8.count { $0 == UInt8(ascii: "y") } == 4_000_000 + 2)
        }
    }
}
