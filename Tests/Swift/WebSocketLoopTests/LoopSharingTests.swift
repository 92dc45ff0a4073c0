import TestSockets
import Testing
import WebSocketLoop

@Suite(.timeLimit(.minutes(1))) struct LoopSharingTests {
    /// Text that differs everywhere: a frame header left in the shared bytes, or a fragment sent twice, shows.
    private func text(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 20)
        var number = 0
        while bytes.count < count {
            bytes += Array("\(number),".utf8)
            number += 1
        }
        return Array(bytes[..<count])
    }

    @Test(arguments: [1, 16_000, 16_384, 65_536, 65_537, 3_000_000])
    func `shared bytes arrive intact with each receiver's own tail, whatever its speed`(count: Int) async throws {
        try await LoopProbe.run { probe, events in
            var clients: [(client: WebSocketClient, socket: SocketID, tail: String)] = []
            for (index, buffer) in ([nil, 4096, 16_384, nil, 4096] as [Int32?]).enumerated() {
                let client = try await WebSocketClient(port: probe.port, receiveBuffer: buffer)
                let socket = try #require(await events.opened())
                clients.append((client, socket, "<tail \(index)>"))
            }
            let body = text(count)
            for _ in 0..<2 {
                // The slowest reads last: bytes of it wait while the others get theirs.
                await probe.send(body, tails: clients.map { ($0.socket, $0.tail) })
                let expected = String(decoding: body, as: UTF8.self)
                for (client, _, tail) in clients { #expect(try await client.text() == expected + tail) }
            }
        }
    }

    @Test func `a message that is shared whole arrives intact at everybody`() async throws {
        try await LoopProbe.run { probe, events in
            var clients: [WebSocketClient] = []
            var sockets: [SocketID] = []
            for index in 0..<4 {
                clients.append(try await WebSocketClient(port: probe.port, receiveBuffer: index % 2 == 0 ? 4096 : nil))
                if let socket = await events.opened() { sockets.append(socket) }
            }
            let body = text(500_000)
            await probe.share(body, with: sockets)
            for client in clients { #expect(try await client.text() == String(decoding: body, as: UTF8.self)) }
        }
    }

    @Test func `one that drains is told to the handler, and what was queued behind comes in order`() async throws {
        try await LoopProbe.run { probe, events in
            let client = try await WebSocketClient(port: probe.port, receiveBuffer: 4096)
            let socket = try #require(await events.opened())
            await probe.send(text(4 << 20), tails: [(socket, "!")])
            #expect(await probe.isBusy(socket))
            for index in 0..<10 { await probe.send("after \(index)", to: socket) }
            #expect(try await client.text().utf8.count == (4 << 20) + 1)
            for index in 0..<10 { #expect(try await client.text() == "after \(index)") }
            await events.wait(for: .drained(socket))
            #expect(await !probe.isBusy(socket))
        }
    }
}
