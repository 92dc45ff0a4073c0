import SkewWatch
import TestServer
import TestSockets
import Testing

/// Names under the caps, as every surface shows them.
@Suite(.timeLimit(.minutes(1))) struct NameCapTests {
    private func watch(_ server: RunningServer, _ done: (Message) -> Bool) async throws -> Message {
        let (watcher, _, first) = try await server.watch("delta", "?v=a0")
        var state = first
        while !done(state) {
            let message = try await watcher.message()
            if message.type == "stats" { state = message } else { state.apply(message) }
        }
        return state
    }

    @Test(arguments: [1, 2]) func `an announced release has its name whole, though strangers came first`(loops: Int) async throws {
        try await RunningServer.run(
            .testing { ($0.loops, $0.maxVersions, $0.release, $0.adminToken) = (loops, 5, "a0", Secret(RunningServer.adminToken)) }
        ) { server in
            var open: [WebSocketClient] = []
            for number in 0..<8 { open.append(try await server.open("?v=x\(number)").client) }
            // Hidden before it is announced: each name had one tab, and x comes first.
            for _ in 0..<2 { open.append(try await server.open("?v=z").client) }
            _ = try await server.administer("/admin/release", #"{"version":"z"}"#)
            // A release that has just come may be one too many until the next ranking, a second later.
            let state = try await watch(server) {
                $0.versions["z"] == 2 && $0.versions["a0"] == 1 && $0.versions.keys.count { $0 != "(other)" } == 5
            }
            #expect(open.count == 10 && state.total == 11 && state.versions.values.compactMap(\.self).reduce(0, +) == 11)
            #expect(state.versions.keys.filter { $0 != "(other)" }.count == 5)
            #expect(state.rows.values.filter { $0.version == "z" }.count == 2)
            #expect(state.rows.values.filter { $0.version == "(other)" }.count == state.versions["(other)"])
        }
    }

    @Test func `a hidden name comes up with its rows when a place is free`() async throws {
        try await RunningServer.run(.testing { $0.maxVersions = 2 }) { server in
            var open: [String: [WebSocketClient]] = [:]
            for version in ["a1", "a2", "a1", "a2", "a1", "a2", "late", "late"] {
                open[version, default: []].append(try await server.open("?v=\(version)").client)
            }
            let (watcher, _, start) = try await server.watch("delta", "?v=watcher")
            var state = start
            #expect(state.versions == ["a1": 3, "a2": 3, "(other)": 3])
            for client in open["a2"] ?? [] { await client.hangUp() }
            while state.versions != ["a1": 3, "late": 2, "(other)": 1] { state.apply(try await watcher.message()) }
            #expect(state.rows.values.map(\.version).sorted() == ["(other)", "a1", "a1", "a1", "late", "late"])
        }
    }

    @Test func `metrics, history and statistics say the same`() async throws {
        try await RunningServer.run(
            .testing {
                ($0.loops, $0.maxVersions, $0.internalPort, $0.adminToken) = (2, 3, 0, Secret(RunningServer.adminToken))
                $0.release = "v0"
            }
        ) { server in
            var open: [WebSocketClient] = []
            for number in 0..<9 { open.append(try await server.open("?v=v\(number)").client) }
            let (watcher, _, first) = try await server.watch("summary", "?v=v0")
            #expect(first.versions == ["v0": 2, "v1": 1, "v2": 1, "(other)": 6])
            let headers = ["Authorization: Bearer \(RunningServer.adminToken)"]
            let admin = try await server.request("GET", "/__skew/admin/stats", headers: headers)?.body ?? ""
            #expect(admin.contains(#""versions":{"(other)":6,"v0":2,"v1":1,"v2":1}"#), "\(admin)")
            let metrics = try await server.probe("/metrics")?.body ?? ""
            // Strangers' versions are labels only after a minute, and only with three tabs.
            for line in [#"{version="(other)"} 8"#, #"{version="v0"} 2"#] {
                #expect(metrics.contains("skewwatch_version_connections\(line)\n"), "\(metrics)")
            }
            #expect(open.count == 9, "They are all still there, and so is \(watcher).")
        }
    }
}
