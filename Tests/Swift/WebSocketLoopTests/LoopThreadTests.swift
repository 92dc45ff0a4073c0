import Foundation
import TestSockets
import Testing
import WebSocketLoop

@Suite(.timeLimit(.minutes(1))) struct LoopThreadTests {
    /// An actor that lives on a loop's thread.
    private actor Resident {
        private let thread: LoopThread
        private(set) var numbers: [Int] = []
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

        init(on thread: LoopThread) { self.thread = thread }

        func add(_ number: Int) { numbers.append(number) }
        func assume() { assertIsolated() }
    }

    @Test func `what one task sends runs in order, and all of a burst runs`() async throws {
        let resident = Resident(on: try LoopThread())
        for number in 0..<1000 { await resident.add(number) }
        #expect(await resident.numbers == Array(0..<1000))
        await withDiscardingTaskGroup { group in
            for number in 0..<1000 { group.addTask { await resident.add(number) } }
        }
        #expect(await resident.numbers.count == 2000)
        await resident.assume()
    }

    @Test func `nobody who awaits an actor hangs when its last owner lets go`() async throws {
        for _ in 0..<100 {
            let tasks = try start()
            for task in tasks { await task.value }
        }
    }

    private func start() throws -> [Task<Void, Never>] {
        let resident = Resident(on: try LoopThread())
        return (0..<5).map { number in Task { await resident.add(number) } }
    }

    @Test func `code that is not on the thread traps`() async {
        await #expect(processExitsWith: .failure) { try LoopThread().checkIsolated() }
    }

    @Test func `after a stop with open connections every descriptor is given back`() async {
        await #expect(processExitsWith: .success) { try await LoopThreadTests.startAndStop() }
    }

    private static func startAndStop() async throws {
        // The first rounds open what stays open: queues and the like of the runtime.
        for _ in 0..<2 { try await round() }
        let before = try descriptors()
        for _ in 0..<3 { try await round() }
        // A thread closes its loop's own descriptors after the actor is gone.
        var turns = 0
        while try descriptors() > before, turns < 1000 {
            usleep(5000)
            turns += 1
        }
        let after = try descriptors()
        guard after <= before else { fatalError("\(after) descriptors are open, \(before) were") }
    }

    private static func descriptors() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }

    /// A loop that is stopped with sockets that are open, in their handshake, kept alive, and blocked.
    private static func round() async throws {
        try await LoopProbe.run { probe, events in
            var clients: [WebSocketClient] = []
            for _ in 0..<20 { clients.append(try await WebSocketClient(port: probe.port, receiveBuffer: 4096)) }
            let socket = try #require(await events.opened())
            await probe.send([UInt8](repeating: 0x61, count: 8 << 20), tails: [(socket, "!")])
            let silent = try RawSocket(port: probe.port)
            try silent.write([UInt8(ascii: "G")])
            let kept = try RawSocket(port: probe.port)
            try kept.write(Array("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            _ = try await kept.receive()
            await probe.stop()
            for client in clients.dropFirst() { try await client.waitForEnd() }
            _ = try await silent.receive()
        }
    }
}
