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
        /// Of the server's process when the phase ended.
        var serverResidentBytes: Int?
        /// CPU for one operation; `nil` without operations.
        var serverMicrosecondsPerOperation: Double?

        init(
            name: String, operations: Int, seconds: Double, messages: Int, bytes: Int, serverCPUSeconds: Double? = nil, resident: Int? = nil
        ) {
            self.name = name
            self.operations = operations
            self.seconds = seconds
            self.messages = messages
            self.bytes = bytes
            self.serverCPUSeconds = serverCPUSeconds
            serverResidentBytes = resident
            serverMicrosecondsPerOperation = operations > 0 ? serverCPUSeconds.map { $0 * 1e6 / Double(operations) } : nil
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
    /// Handshake and staleness, in milliseconds.
    var latencyMilliseconds: [String: Latencies.Figures] = [:]
    var figures: [Figure] = []
    var losses: [Loss] = []
    var checks: [Check] = []

    /// Whether every check held.
    var held: Bool { checks.allSatisfy(\.held) }
}
