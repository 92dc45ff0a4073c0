import SkewProtocol
import WebSocketLoop

/// The same message to all sockets of a real loop, until every peer has read it: CPU and allocations of the loop's thread per receiver.
enum FanOutBenchmarks {
    static func run(_ suite: inout Suite) async throws {
        guard suite.wants("fan-out") else { return }
        let loop = try await FanOutLoop()
        let peers = try (0..<400).map { _ in try RawPeer(port: loop.port) }
        let message = ServerMessage.version("2026.11.23-f3d2").encoded
        try await measure(suite, "fan-out: an announcement, per receiver", loop, sends: 20 * peers.count) {
            await loop.announce(message, times: 20)
            for peer in peers { try peer.drain(20 * RawPeer.frameLength(message.count)) }
        }
        let tail = Array(repeating: UInt8(ascii: " "), count: StatisticsEncoder.tailLength)
        let list = Array(repeating: UInt8(ascii: "a"), count: 1_000_000)
        let fragments = list.count / 65_536 + 1
        // Every fragment has a header of ten bytes, or of four when it is shorter than 65,536; the last one is the tail.
        let length = list.count + tail.count + (fragments - 1) * 10 + 4 + 2
        try await measure(suite, "fan-out: a list of 1 MB, per receiver", loop, sends: peers.count) {
            await loop.sendList(list, tail: tail)
            for peer in peers { try peer.drain(length) }
        }
        await loop.stop()
    }

    private static func measure(_ suite: Suite, _ name: String, _ loop: FanOutLoop, sends: Int, _ round: () async throws -> Void)
        async throws
    {
        try await round()
        var rounds: [Double] = []
        var allocations: [Double] = []
        for _ in 0..<Suite.rounds {
            let before = await loop.usage
            try await round()
            let used = await loop.usage - before
            rounds.append(Double(used.cpu) / Double(sends))
            allocations.append(Double(used.allocations) / Double(sends))
        }
        suite.show(name, rounds, allocations: allocations.sorted()[allocations.count / 2])
    }
}
