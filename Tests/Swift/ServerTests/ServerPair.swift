import SkewCluster
import SkewWatch
import TestServer
import TestSockets
import Testing

/// Two servers of one cluster, over a bus in memory.
enum ServerPair {
    static func settings(_ name: String, _ change: (inout Configuration) -> Void = { _ in }) -> Configuration {
        .testing {
            ($0.nodeID, $0.internalPort, $0.adminToken) = (name, 0, Secret(RunningServer.adminToken))
            change(&$0)
        }
    }

    /// Runs two servers, and returns to the body when both are ready.
    static func run(
        _ hub: MemoryBus.Hub = MemoryBus.Hub(), _ change: (inout Configuration) -> Void = { _ in },
        _ body: (RunningServer, RunningServer) async throws -> Void
    ) async throws {
        try await RunningServer.run(settings("one", change), bus: MemoryBus(hub)) { one in
            try await RunningServer.run(settings("two", change), bus: MemoryBus(hub)) { two in
                for server in [one, two] { try await ready(server) }
                try await body(one, two)
            }
        }
    }

    static func ready(_ server: RunningServer) async throws {
        #expect(try await Patience.sees { try await server.probe("/ready")?.status == 200 }, "it is not ready")
    }
}
