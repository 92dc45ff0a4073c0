import TestFailing
import TestSockets
import Testing
import WebSocketLoop

@Suite(.timeLimit(.minutes(1))) struct LoopTimerTests {
    private static var impatient: LoopOptions {
        var options = LoopOptions()
        (options.pingInterval, options.pongTimeout) = (.milliseconds(200), .seconds(1))
        return options
    }

    /// The payload of the ping that comes next.
    private func ping(to client: WebSocketClient) async throws -> [UInt8] {
        let event = try await client.next()
        guard case .ping(let payload) = event else { throw Unexpected(event) }
        return payload
    }

    @Test func `one that answers pings stays, one that does not is dropped`() async throws {
        try await LoopProbe.run(Self.impatient) { probe, events in
            let mute = try await WebSocketClient(port: probe.port)
            let muteSocket = await events.opened()
            let alive = try await WebSocketClient(port: probe.port)
            for _ in 0..<5 {
                try await alive.sendFrame(0xA, try await ping(to: alive))
            }
            let closed = await events.closed()
            #expect(closed?.socket == muteSocket && closed?.reason == .pongTimeout)
            _ = try await ping(to: mute)
            #expect(try await mute.closeCode() == nil)
        }
    }

    @Test func `a pong without the payload shows that its sender is there`() async throws {
        try await LoopProbe.run(Self.impatient) { probe, _ in
            let client = try await WebSocketClient(port: probe.port)
            // Each further ping means that a deadline has passed and the client was kept.
            for _ in 0..<3 {
                _ = try await ping(to: client)
                try await client.sendFrame(0xA, [])
            }
        }
    }

    @Test func `one that takes bytes slowly is not dropped for want of a pong`() async throws {
        try await LoopProbe.run(Self.impatient) { probe, events in
            let slow = try await WebSocketClient(port: probe.port, receiveBuffer: 4096)
            let socket = try #require(await events.opened())
            let body = [UInt8](repeating: 0x61, count: 8 << 20)
            await probe.send(body, tails: [(socket, "!")])
            #expect(await probe.isBusy(socket))
            let clock = try await WebSocketClient(port: probe.port)
            // Ten intervals are longer than one interval and the pong's time.
            for _ in 0..<10 {
                try await clock.sendFrame(0xA, try await ping(to: clock))
            }
            #expect(try await slow.text().utf8.count == body.count + 1)
        }
    }

    @Test func `a reader that takes nothing is closed, and nobody else is delayed`() async throws {
        var options = LoopOptions()
        // The other one may stand still for less than that.
        options.blockedTimeout = .seconds(2)
        try await LoopProbe.run(options) { probe, events in
            let blocked = try await WebSocketClient(port: probe.port, receiveBuffer: 4096)
            let socket = try #require(await events.opened())
            let other = try await WebSocketClient(port: probe.port)
            let otherSocket = try #require(await events.opened())
            await probe.send([UInt8](repeating: 0x61, count: 8 << 20), tails: [(socket, "!"), (otherSocket, "?")])
            #expect(try await other.text().utf8.last == UInt8(ascii: "?"))
            let closed = await events.closed()
            #expect(closed?.socket == socket && closed?.reason == .slowConsumer)
            await probe.send("still here", to: otherSocket)
            #expect(try await other.text() == "still here")
            await blocked.hangUp()
        }
    }

    @Test func `a reader for which too much is queued is closed with 1008`() async throws {
        var options = LoopOptions()
        options.maxQueuedBytes = 1000
        try await LoopProbe.run(options) { probe, events in
            let client = try await WebSocketClient(port: probe.port, receiveBuffer: 4096)
            let socket = try #require(await events.opened())
            await probe.send([UInt8](repeating: 0x61, count: 8 << 20), tails: [(socket, "!")])
            await probe.send(String(repeating: "x", count: 1001), to: socket)
            let closed = await events.closed()
            #expect(closed?.socket == socket && closed?.reason == .slowConsumer)
            #expect(try await client.frame()?.isFinal == false)
        }
    }
}
