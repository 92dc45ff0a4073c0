import TestFailing
import TestSockets
import Testing
import WebSocketLoop

@Suite(.timeLimit(.minutes(1))) struct LoopMessageTests {
    private static var echoOptions: LoopOptions {
        var options = LoopOptions()
        options.maxMessageBytes = 16 << 20
        options.maxQueuedBytes = 64 << 20
        options.maxMessagesPerSecond = 0
        return options
    }

    /// Bytes that differ everywhere, so that a shift or an overwritten header shows.
    private func pattern(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var value: UInt32 = 1
        for index in stride(from: 0, to: count, by: max(1, count / 50_000)) {
            value = value &* 1_664_525 &+ 1_013_904_223
            bytes[index] = UInt8(value >> 24)
        }
        return bytes
    }

    @Test(arguments: [0, 1, 125, 126, 127, 128, 129, 4095, 4096, 4097, 16_384, 16_385, 65_535, 65_536, 65_537, 1 << 20])
    func `a message of any size comes back as it went, from a small receive buffer`(size: Int) async throws {
        try await LoopProbe.run(Self.echoOptions, isEchoing: true) { probe, _ in
            let client = try await WebSocketClient(port: probe.port)
            let bytes = pattern(size)
            try await client.send(bytes)
            #expect(try await client.next() == .binary(bytes))
            let text = String(repeating: "ě", count: size / 2)
            try await client.send(text)
            #expect(try await client.text() == text)
        }
    }

    @Test func `sixteen mebibytes come back as they went`() async throws {
        var options = Self.echoOptions
        options.receiveBufferBytes = 4096
        try await LoopProbe.run(options, isEchoing: true) { probe, _ in
            let client = try await WebSocketClient(port: probe.port)
            let bytes = pattern(16 << 20)
            try await client.send(bytes)
            let event = try await client.next()
            guard case .binary(let back) = event else { throw Unexpected(event) }
            #expect(
                unsafe back.count == bytes.count
                    && back.withUnsafeBytes { a in unsafe bytes.withUnsafeBytes { b in unsafe a.elementsEqual(b) } })
        }
    }

    @Test func `fragments are joined, with a ping in between answered`() async throws {
        try await LoopProbe.run(Self.echoOptions, isEchoing: true) { probe, _ in
            let client = try await WebSocketClient(port: probe.port)
            try await client.sendFrame(0x1, Array("one ".utf8), isFinal: false)
            try await client.sendFrame(0x0, [0xC4], isFinal: false)
            try await client.sendFrame(0x9, Array("are you there".utf8))
            #expect(try await client.next() == .pong(Array("are you there".utf8)))
            try await client.sendFrame(0x0, [], isFinal: false)
            try await client.sendFrame(0x0, [0x9B] + Array(" three".utf8))
            #expect(try await client.text() == "one ě three")
        }
    }

    @Test func `a ping among fragments is answered before the message, all in one segment`() async throws {
        try await LoopProbe.run(Self.echoOptions, isEchoing: true) { probe, _ in
            let client = try await WebSocketClient(port: probe.port)
            let frames =
                WebSocketClient.frame(0x1, Array("one ".utf8), isFinal: false) + WebSocketClient.frame(0x9, [7])
                + WebSocketClient.frame(0x0, Array("two".utf8))
            for _ in 0..<20 {
                try await client.sendRaw(frames)
                #expect(try await client.next() == .pong([7]))
                #expect(try await client.next() == .text("one two"))
            }
            // Nothing is left to wait for: what comes whole is answered at once again.
            try await client.send("three")
            #expect(try await client.text() == "three")
        }
    }

    /// What a client may do wrong, and the close code for it.
    enum Offence: String, CaseIterable, Sendable {
        case continuationOfNothing, messageWithinMessage, reservedBit, unknownOpcode, longPing, fragmentedPing
        case oneByteClose, forbiddenCloseCode, closeReasonNoUTF8
        case textNoUTF8, textCutAtItsEnd, fragmentedTextNoUTF8
        case tooBig, declaredTooBig, fragmentsTooBig

        /// Nil where libwebsockets hangs up without a close frame.
        var code: Int? {
            switch self {
            case .longPing: nil
            case .continuationOfNothing, .messageWithinMessage, .reservedBit, .unknownOpcode, .fragmentedPing, .oneByteClose,
                .forbiddenCloseCode:
                1002
            case .closeReasonNoUTF8, .textNoUTF8, .textCutAtItsEnd, .fragmentedTextNoUTF8: 1007
            case .tooBig, .declaredTooBig, .fragmentsTooBig: 1009
            }
        }

        func commit(on client: WebSocketClient) async throws {
            switch self {
            case .continuationOfNothing: try await client.sendFrame(0x0, [1])
            case .messageWithinMessage:
                try await client.sendFrame(0x1, [0x61], isFinal: false)
                try await client.sendFrame(0x1, [0x61])
            case .reservedBit: try await client.sendFrame(0x1, [0x61], reserved: 0x40)
            case .unknownOpcode: try await client.sendFrame(0x3, [0x61])
            case .longPing: try await client.sendFrame(0x9, [UInt8](repeating: 0, count: 126))
            case .fragmentedPing: try await client.sendFrame(0x9, [0x61], isFinal: false)
            case .oneByteClose: try await client.sendFrame(0x8, [3])
            case .forbiddenCloseCode: try await client.sendClose(1005)
            case .closeReasonNoUTF8: try await client.sendFrame(0x8, [3, 0xE8, 0xFF])
            case .textNoUTF8: try await client.sendFrame(0x1, [0x61, 0xC0, 0x80])
            case .textCutAtItsEnd: try await client.sendFrame(0x1, [0xE2, 0x82])
            case .fragmentedTextNoUTF8:
                try await client.sendFrame(0x1, [0x61], isFinal: false)
                try await client.sendFrame(0x0, [0xFF], isFinal: false)
            case .tooBig: try await client.sendFrame(0x1, [UInt8](repeating: 0x61, count: 4097))
            case .declaredTooBig: try await client.sendFrame(0x2, [UInt8](repeating: 0, count: 200), declaring: 1 << 40)
            case .fragmentsTooBig:
                for index in 0..<3 {
                    try await client.sendFrame(index == 0 ? 0x2 : 0x0, [UInt8](repeating: 0, count: 1500), isFinal: false)
                }
            }
        }
    }

    @Test(arguments: Offence.allCases) func `an offence is closed with its code, and others do not notice`(offence: Offence) async throws {
        try await LoopProbe.run(isEchoing: true) { probe, events in
            let bystander = try await WebSocketClient(port: probe.port)
            let offender = try await WebSocketClient(port: probe.port)
            try await offence.commit(on: offender)
            #expect(try await offender.closeCode() == offence.code)
            // Else the server waits for its answer to the close.
            await offender.hangUp()
            #expect(await events.closed() != nil)
            try await bystander.send("still here")
            #expect(try await bystander.text() == "still here")
        }
    }

    @Test(arguments: [1000, 1001, 3000, 4999, nil] as [Int?]) func `a proper close is echoed and told once`(code: Int?) async throws {
        try await LoopProbe.run { probe, events in
            let client = try await WebSocketClient(port: probe.port)
            let socket = await events.opened()
            try await client.sendClose(code)
            #expect(try await client.closeCode() == code)
            let closed = await events.closed()
            #expect(closed?.socket == socket && closed?.reason == .closedByPeer)
        }
    }

    @Test func `a peer that hangs up or resets is told as lost`() async throws {
        try await LoopProbe.run { probe, events in
            for index in 0..<4 {
                let client = try await WebSocketClient(port: probe.port)
                let socket = await events.opened()
                if index % 2 == 0 { await client.hangUp() } else { await client.reset() }
                let closed = await events.closed()
                #expect(closed?.socket == socket && closed?.reason == .connectionLost)
            }
        }
    }

    @Test func `more messages than the limit allows are closed with 1008`() async throws {
        var options = LoopOptions()
        (options.maxMessagesPerSecond, options.messageBurst) = (1, 5)
        try await LoopProbe.run(options) { probe, events in
            let client = try await WebSocketClient(port: probe.port)
            // In one piece: from a test that stood still in between one more may come each second.
            try await client.sendRaw((0..<6).flatMap { _ in WebSocketClient.frame(0x1, Array("x".utf8)) })
            #expect(try await client.closeCode() == 1008)
            #expect(await events.closed()?.reason == .rateLimited)
        }
    }

    @Test func `a socket that the handler closes hears the code, and the handler is not told`() async throws {
        try await LoopProbe.run { probe, events in
            let first = try await WebSocketClient(port: probe.port)
            let socket = try #require(await events.opened())
            await probe.close(socket, .serviceRestart)
            await probe.close(socket, .goingAway)
            await probe.send("nobody hears this", to: socket)
            let event = try await first.next()
            #expect(event == .close(code: 1012))
            try await first.sendClose(1012)
            try await first.waitForEnd()
            let second = try await WebSocketClient(port: probe.port)
            // The handler is not told of the socket that it closed itself.
            let next = await events.next()
            guard case .opened = next else { throw Unexpected(next) }
            try await second.sendClose(nil)
        }
    }
}
