import TestFailing
import TestSockets
import Testing
import WebSocketLoop

@Suite(.timeLimit(.minutes(1))) struct LoopHandshakeTests {
    /// A request that upgrades, with lines changed: a nil value drops the line, a new name adds one.
    private func request(_ line: String = "GET / HTTP/1.1", _ changes: [String: String?] = [:], extra: String = "") -> String {
        var headers: [(String, String?)] = [
            ("Host", "127.0.0.1"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        for (name, value) in changes {
            if let index = headers.firstIndex(where: { $0.0 == name }) { headers[index].1 = value } else { headers.append((name, value)) }
        }
        return line + "\r\n" + headers.compactMap { name, value in value.map { "\(name): \($0)\r\n" } }.joined() + extra + "\r\n"
    }

    @Test func `a proper handshake is answered as RFC 6455 says, without extension`() async throws {
        try await LoopProbe.run { probe, events in
            let client = try await WebSocketClient(
                port: probe.port, headers: ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"])
            let answer = await client.answer
            #expect(answer["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(answer["Sec-WebSocket-Extensions"] == nil)
            #expect(await events.opened() != nil)
        }
    }

    @Test(arguments: [
        ("chat", "chat"), ("graphql-ws, chat", "graphql-ws"), (String(repeating: "x", count: 62), String(repeating: "x", count: 62)),
        ("skewwatch, \(String(repeating: "x", count: 115))", "skewwatch"),
        ("skewwatch, \(String(repeating: "x", count: 116))", "skewwatch"),
        ("a, skewwatch.token.\(String(repeating: "x", count: 11_000)), skewwatch", "a"),
    ])
    func `of the subprotocols that are offered one is chosen, since browsers need an answer`(offer: String, chosen: String) async throws {
        try await LoopProbe.run(isEchoing: true) { probe, _ in
            let client = try await WebSocketClient(port: probe.port, headers: ["Sec-WebSocket-Protocol: \(offer)"])
            #expect(await client.answer["Sec-WebSocket-Protocol"] == chosen)
            try await client.send("still here")
            #expect(try await client.text() == "still here")
        }
    }

    @Test func `a handshake that libwebsockets could not read is read all the same`() async throws {
        try await LoopProbe.run(isEchoing: true) { probe, events in
            let offer = "skewwatch, \(String(repeating: "x", count: 500))"
            let refused = request("GET /refused HTTP/1.1", ["Sec-WebSocket-Protocol": offer])
            #expect(try await HTTPAnswer.to(refused, port: probe.port)?.status == 404)
            let doubtful = request("GET / HTTP/1.1", ["Sec-WebSocket-Protocol": offer, "Sec-WebSocket-Key": "short"])
            #expect(try await HTTPAnswer.to(doubtful, port: probe.port)?.status == 400)
            let client = try await WebSocketClient(
                port: probe.port, path: "/?%&" + String(repeating: "a&", count: 500), headers: ["X: y", "Con: close", "Put-It: z"])
            let opened = try #require(await events.opened())
            #expect(await probe.peerAddress(of: opened) == "127.0.0.1")
            try await client.send("hello")
            #expect(try await client.text() == "hello")
            await client.hangUp()
            #expect(await events.closed()?.socket == opened)
            while probe.budget.openConnections > 0 { try Task.checkCancellation() }
        }
    }

    @Test func `a message that comes with the handshake is not lost`() async throws {
        try await LoopProbe.run(isEchoing: true) { probe, _ in
            for offer in ["a", String(repeating: "x", count: 200)] {
                let socket = try RawSocket(port: probe.port)
                let frame: [UInt8] = [0x81, 0x82, 0, 0, 0, 0] + Array("hi".utf8)
                try socket.write(Array(request("GET / HTTP/1.1", ["Sec-WebSocket-Protocol": offer]).utf8) + frame)
                var bytes: [UInt8] = []
                while !bytes.suffix(4).elementsEqual([0x81, 2] + Array("hi".utf8)) { bytes += try await socket.receiveMore() }
            }
        }
    }

    @Test(arguments: ["Host", "Sec-WebSocket-Version", "Sec-WebSocket-Key"])
    func `a handshake without a needed header is answered with 400`(name: String) async throws {
        try await LoopProbe.run { probe, _ in
            let answer = try await HTTPAnswer.to(request("GET / HTTP/1.1", [name: String?.none]), port: probe.port)
            #expect(answer?.status == 400)
            #expect(answer?.body.isEmpty == false)
            _ = try await WebSocketClient(port: probe.port)
        }
    }

    @Test func `a version we do not speak is answered with 426 that names ours`() async throws {
        try await LoopProbe.run { probe, _ in
            let answer = try await HTTPAnswer.to(request("GET / HTTP/1.1", ["Sec-WebSocket-Version": "8"]), port: probe.port)
            #expect(answer?.status == 426)
            #expect(answer?["Sec-WebSocket-Version"] == "13")
        }
    }

    @Test(arguments: ["foo", "h2c", "websocket, h2c"])
    func `an upgrade to something else is passed over`(name: String) async throws {
        try await LoopProbe.run { probe, _ in
            let answer = try await HTTPAnswer.to(request("GET / HTTP/1.1", ["Upgrade": name]), port: probe.port)
            #expect(answer?.status == 404 && answer?["Connection"] == "close")
            _ = try await WebSocketClient(port: probe.port)
        }
    }

    @Test func `two hosts, a body, a wrong method are refused`() async throws {
        try await LoopProbe.run { probe, _ in
            for text in [
                request(extra: "Host: other\r\n"), request(extra: "Content-Length: 3\r\n") + "abc",
                request(extra: "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", request("POST / HTTP/1.1"),
            ] {
                let answer = try await HTTPAnswer.to(text, port: probe.port)
                #expect(answer?.status == (text.contains("chunked") ? 411 : 400), "\(text)")
            }
            _ = try await WebSocketClient(port: probe.port)
        }
    }

    @Test func `what the handler refuses is answered with its answer, and the socket never opens`() async throws {
        try await LoopProbe.run(isEchoing: true) { probe, events in
            for _ in 0..<3 {
                let answer = try await HTTPAnswer.to(request("GET /refused HTTP/1.1"), port: probe.port)
                #expect(answer?.status == 404)
                #expect(answer?.body == "refused")
            }
            let client = try await WebSocketClient(port: probe.port)
            try await client.send("fine")
            #expect(try await client.text() == "fine")
            let first = await events.next()
            guard case .opened = first else { throw Unexpected(first) }
        }
    }

    @Test func `a refused handshake is answered once and then hung up on, whatever follows it`() async throws {
        try await LoopProbe.run { probe, _ in
            let socket = try RawSocket(port: probe.port)
            try socket.write(Array((request("GET /refused HTTP/1.1") + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n").utf8))
            let text = String(decoding: try await socket.receiveAll(), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 404 ") && text.contains("\r\nConnection: close\r\n"), "\(text)")
            #expect(text.hasSuffix("refused"), "\(text)")
        }
    }

    @Test func `where nobody takes plain requests, they are refused in plain words`() async throws {
        try await LoopProbe.run { probe, _ in
            let answer = try await HTTPAnswer.to("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", port: probe.port)
            #expect(answer?.status == 404)
            #expect(answer?["Content-Type"] == "text/plain; charset=utf-8")
            #expect(answer?.body == "there is nothing here\n")
        }
    }

    @Test func `one that says nothing is dropped when the handshake's time is up`() async throws {
        var options = LoopOptions()
        options.handshakeTimeout = .milliseconds(300)
        try await LoopProbe.run(options) { probe, _ in
            for start in ["G", "GET / HTTP/1.1\r\nHost"] {
                let silent = try RawSocket(port: probe.port)
                try silent.write(Array(start.utf8))
                #expect(try await silent.receive().isEmpty, "\(start)")
            }
            while await probe.openConnections > 0 { try Task.checkCancellation() }
        }
    }

    @Test func `a handshake that comes byte by byte is one, and one that half closes before its end is not waited for`() async throws {
        try await LoopProbe.run { probe, events in
            let slow = try RawSocket(port: probe.port)
            for byte in WebSocketClient.handshake(path: "/") { try slow.write([byte]) }
            #expect(try await String(decoding: slow.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
            #expect(await events.opened() != nil)
            let half = try RawSocket(port: probe.port)
            try half.write(Array("GET / HTTP/1.1\r\nHost".utf8))
            half.finishWriting()
            #expect(try await half.receive().isEmpty)
        }
    }

    @Test func `a doubtful head is answered before it is whole to the last byte, and what follows is dropped`() async throws {
        try await LoopProbe.run { probe, events in
            for (text, status) in [
                ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET //x HTTP/1.1\r\nHost: a\r\n\r\n", 404),
                ("\u{16}\u{3}\u{1}", 400), ("GET / HTTP/1.1\r\nX-Y: " + String(repeating: "a", count: 200_000), 431),
                ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + String(repeating: "a", count: 100_000), 411),
            ] {
                let answer = try await HTTPAnswer.to(text, port: probe.port)
                #expect(answer?.status == status && answer?["Connection"] == "close", "\(text.prefix(40))")
                await events.wait(for: .notice(.refused(.malformedHead)))
            }
            while await probe.openConnections > 0 { try Task.checkCancellation() }
        }
    }

    @Test func `a handshake in absolute form has the path behind the authority, and OPTIONS of everything is answered`() async throws {
        try await LoopProbe.run { probe, events in
            let handshake = request("GET http://127.0.0.1/refused HTTP/1.1")
            #expect(try await HTTPAnswer.to(handshake, port: probe.port)?.status == 404)
            let good = try RawSocket(port: probe.port)
            try good.write(Array(request("GET http://127.0.0.1/other?x=1 HTTP/1.1").utf8))
            #expect(try await String(decoding: good.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
            #expect(await events.opened() != nil)
            let options = try await HTTPAnswer.to("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", port: probe.port)
            #expect(options?.status == 204 && options?["Allow"]?.contains("GET") == true)
        }
    }
}
