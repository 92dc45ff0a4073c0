import Foundation
import TestSockets
import Testing

@testable import WebSocketLoop

/// libwebsockets 4.1 closes the descriptor that wakes its loop twice; whoever got the number in between would lose it.
@Suite(.timeLimit(.minutes(1)), .serialized) struct EventPipeTests {
    /// Lives on a loop's thread: what it does between two turns, nothing of the loop comes between.
    private actor Resident {
        private let thread: LoopThread
        private var opened: [Int32] = []
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

        init() throws { thread = try LoopThread() }

        /// Fails to make a loop, and takes every number that became free by it.
        func failToStart(_ options: LoopOptions) {
            #expect(throws: LoopError.self) {
                _ = try WebSocketLoop(on: thread, options: options, budget: ConnectionBudget(limit: 1), hooks: LoopHooks { _ in })
            }
            takeFreeNumbers()
        }

        /// Makes a loop and stops it, and takes every number that became free by it.
        func startAndStop(whenStopped: @escaping @Sendable () -> Void) throws {
            let loop = try WebSocketLoop(
                on: thread, options: LoopOptions(), budget: ConnectionBudget(limit: 1), hooks: LoopHooks { _ in })
            loop.stop(whenStopped: whenStopped)
            takeFreeNumbers()
        }

        /// Makes a loop and stops it.
        /// - Returns: whether the loop knew the descriptor that wakes it.
        func startAndStop() async throws -> Bool {
            let loop = try WebSocketLoop(
                on: thread, options: LoopOptions(), budget: ConnectionBudget(limit: 1), hooks: LoopHooks { _ in })
            let isKnown = loop.eventPipe != nil
            await withCheckedContinuation { continuation in loop.stop { continuation.resume() } }
            return isKnown
        }

        private func takeFreeNumbers() {
            for _ in 0..<32 { opened.append(unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)) }
        }

        /// Lets the loop turn once.
        func turn() async {
            await withCheckedContinuation { continuation in thread.performNextTurn { continuation.resume() } }
        }

        /// Closes what was taken.
        /// - Returns: how many of the numbers somebody else had closed.
        func lost() -> Int {
            defer { opened = [] }
            return opened.count { close($0) != 0 }
        }
    }

    @Test func `a certificate that can't be used takes nobody else's descriptor along`() async throws {
        var options = LoopOptions()
        options.tls = ("/nowhere/cert.pem", "/nowhere/key.pem")
        let resident = try Resident()
        for _ in 0..<3 {
            await resident.failToStart(options)
            for _ in 0..<10 { await resident.turn() }
            #expect(await resident.lost() == 0)
        }
    }

    @Test func `a loop that stops takes nobody else's descriptor along`() async throws {
        let resident = try Resident()
        for _ in 0..<3 {
            let (stopped, stop) = AsyncStream<Void>.makeStream()
            try await resident.startAndStop { stop.finish() }
            for await _ in stopped {}
            #expect(await resident.lost() == 0)
        }
    }

    /// Several servers may start in one process at a time. One that does not know its own descriptor can't keep its number.
    @Test func `loops that are made at one moment each know their own descriptor`() async throws {
        let residents = try (0..<8).map { _ in try Resident() }
        for _ in 0..<5 {
            let known = try await withThrowingTaskGroup(of: Bool.self) { group in
                for resident in residents { group.addTask { try await resident.startAndStop() } }
                return try await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(known == Array(repeating: true, count: residents.count))
        }
    }

    @Test func `a loop that can't be made leaves no thread behind`() async {
        // A process of its own: nobody else's threads are counted. A thread ends only when its libuv loop has no handle left.
        await #expect(processExitsWith: .success) {
            func threads() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count }
            var options = LoopOptions()
            options.tls = ("/nowhere/cert.pem", "/nowhere/key.pem")
            let before = try threads()
            for _ in 0..<16 { await (try Resident()).failToStart(options) }
            // The pool of tasks may have got some threads more, but not sixteen.
            while try threads() > before + 8 { await Task.yield() }
        }
    }
}
