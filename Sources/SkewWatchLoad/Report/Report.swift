/// All that a run found, as `--json` prints it.
struct Report: Encodable {
    /// One phase of a run: what was done, how long it took, what it cost the server.
    struct Phase: Encodable {
        var name: String
        var operations: Int
        var seconds: Double
        /// Messages and bytes that came meanwhile.
        var messages: Int
        var bytes: Int
        /// Of the server's process; `nil` without `--pid`.
        var serverCPUSeconds: Double?
        var serverResidentBytes: Int?

        /// Microseconds of the server's CPU for one operation.
        var serverMicrosecondsPerOperation: Double? {
            guard operations > 0 else { return nil }
            return serverCPUSeconds.map { $0 * 1e6 / Double(operations) }
        }
    }

    /// A single number with its unit.
    struct Figure: Encodable {
        var name: String
        var value: Double
        var unit: String
    }

    /// Why connections ended or failed that were not closed by the load generator.
    struct Loss: Encodable {
        var sentence: String
        var count: Int
    }

    var scenario: String
    var target: String
    /// The same seed gives the same versions, routes and choices of tabs again.
    var seed: UInt64
    var phases: [Phase] = []
    var latencies: [String: Latencies.Figures] = [:]
    var figures: [Figure] = []
    var losses: [Loss] = []
    var checks: [Check] = []

    /// Whether every check held.
    var held: Bool { checks.allSatisfy(\.held) }
}
