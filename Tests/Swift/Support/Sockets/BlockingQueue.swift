internal import Dispatch

/// An executor for actors that block: a thread of their own, so that the pool which the server's actors share stays free.
final class BlockingQueue: SerialExecutor {
    private let queue = DispatchQueue(label: "TestSockets")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Runs blocking work on a thread of its own.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "TestSockets").async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
