import Logging
import SkewWatch
import Synchronization
import TestSockets

/// Events of one client of the whole server, on its loop's thread: from the bytes of the kernel to the counts, and the answer back.
enum ServerBenchmarks {
    private static let events = 2000

    static func run(_ suite: inout Suite) async throws {
        guard suite.wants("server") else { return }
        let samples = Samples()
        var configuration = Configuration()
        configuration.host = "127.0.0.1"
        configuration.port = 0
        configuration.internalPort = nil
        configuration.loops = 1
        configuration.routeTracking = true
        configuration.release = "2026.11.23-f3d2"
        configuration.statsToken = Secret("benchmark")
        configuration.maxMessagesPerSecond = 100_000
        var hooks = ServerHooks()
        let (ports, listening) = AsyncStream<Int>.makeStream()
        hooks.listening = { listening.yield($0) }
        hooks.connectionOpened = { _ in samples.take() }
        let server = SkewWatchServer(
            configuration: configuration, hooks: hooks, logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { return }
            try measure(suite, "server: route-update, ping and pong", port, samples, watched: false)
            try measure(suite, "server: the same, a delta subscriber watching", port, samples, watched: true)
            server.shutdown()
            try await group.waitForAll()
        }
    }

    private static func measure(_ suite: Suite, _ name: String, _ port: Int, _ samples: Samples, watched: Bool) throws {
        let path = "/__skew/ws?v=2026.11.23-f3d2&route=/"
        let peer = try RawPeer(port: port, path: path)
        try peer.drain(helloLength)
        let watcher = watched ? try RawPeer(port: port, path: path) : nil
        try watcher?.socket.write(RawPeer.frame(#"{"type":"subscribe-stats","mode":"delta","token":"benchmark"}"#))
        // Both routes have connections that stay, so that neither is ever new.
        let stayers = try ["/cart", "/checkout"].map { try RawPeer(port: port, path: "/__skew/ws?v=2026.11.23-f3d2&route=\($0)") }
        let ping = RawPeer.frame(#"{"type":"ping"}"#)
        let moves = ["/cart", "/checkout"].map { RawPeer.frame(#"{"type":"route-update","route":"\#($0)"}"#) + ping }
        var (rounds, allocations): ([Double], [Double]) = ([], [])
        for round in 0...Suite.rounds {
            // A connection that opens makes the hook look at the loop's thread; what it costs itself is measured with nothing in between.
            let marks = try (0..<4).map { mark in
                if mark == 2 {
                    for event in 0..<events {
                        try peer.socket.write(moves[event & 1])
                        try peer.drain(pongLength)
                    }
                }
                return try samples.mark(port: port, path: path)
            }
            guard round > 0 else { continue }
            let used = marks[2] - marks[1]
            let cost = marks[3] - marks[2]
            rounds.append(Double(used.cpu - cost.cpu) / Double(events))
            allocations.append(Double(used.allocations - cost.allocations) / Double(events))
        }
        withExtendedLifetime((watcher, stayers)) {
            suite.show(name, rounds, allocations: allocations.sorted()[allocations.count / 2])
        }
    }

    fileprivate static let pongLength = RawPeer.frameLength(#"{"type":"pong"}"#.utf8.count)
    fileprivate static let helloLength = RawPeer.frameLength(
        #"{"type":"connected","version":"2026.11.23-f3d2","connectionId":"","timestamp":1795000000000}"#.utf8.count + 36)
}

/// What the loop's thread had used when a connection opened.
private final class Samples: Sendable {
    private let last = Mutex<ThreadUsage?>(nil)

    /// Called on the loop's thread.
    func take() {
        let usage = ThreadUsage.now
        last.withLock { $0 = usage }
    }

    /// Opens a connection, which stays open as long as its answer takes, and returns what the hook saw.
    func mark(port: Int, path: String) throws -> ThreadUsage {
        let peer = try RawPeer(port: port, path: path)
        // The first message is sent before the hook is called, so one answer more is waited for.
        try peer.socket.write(RawPeer.frame(#"{"type":"ping"}"#))
        try peer.drain(ServerBenchmarks.helloLength + ServerBenchmarks.pongLength)
        return last.withLock { $0! }
    }
}
