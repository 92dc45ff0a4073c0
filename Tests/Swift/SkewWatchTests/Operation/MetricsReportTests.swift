import SkewProtocol
import Testing
import WebSocketLoop

@testable import SkewWatch

@Suite struct MetricsReportTests {
    private func loop(_ index: Int, open: Int, _ counters: Counters = Counters()) -> LoopReport {
        var counters = counters
        let tab = Connection.Kind(transport: .webSocket, audience: .tab)
        counters.opened[tab] += open
        var lag = LagHistogram()
        for seconds in [0.0002, 0.02, 0.025, 60] { lag.record(seconds) }
        return LoopReport(index: index, counters: counters, openSockets: 3, pendingHandshakes: 1, sentBytes: 100, lag: lag)
    }

    private func lines(_ loops: [LoopReport], versions: [String: Int] = ["a": 1], releases: [String] = []) -> [String] {
        var durations = DurationHistogram()
        for seconds in [0.007, 3.0] { durations.record(seconds) }
        let report = MetricsReport(
            loops: loops, versions: versions,
            subscribers: [SubscriptionKind(mode: .delta, scope: .ips): 1, SubscriptionKind(mode: .delta, scope: .connections): 2],
            broadcasts: [.delta: 7], appCalls: [.denied: durations], connectionLimit: 99, releases: releases, uptimeSeconds: 1.5,
            process: ProcessFacts(cpuSeconds: 0.25, residentBytes: 9, virtualBytes: 8, startTime: 1.7e9, openFiles: 7, maxFiles: 6))
        var labels = VersionLabels()
        return String(decoding: report.text(&labels, at: .zero), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func samples(of name: String, in lines: [String]) -> [String] {
        let name = name.hasPrefix("process_") ? name : "skewwatch_\(name)"
        return lines.filter { $0.hasPrefix("\(name){") || $0.hasPrefix("\(name) ") }.map { String($0.dropFirst(name.count)) }
    }

    @Test func `loops are summed up, lag apart`() {
        var counters = Counters()
        let (tab, crawler) = (
            Connection.Kind(transport: .webSocket, audience: .tab), Connection.Kind(transport: .webSocket, audience: .crawler)
        )
        (counters.opened[tab], counters.opened[crawler]) = (7, 9)
        counters.closed = [
            .init(kind: tab, reason: .disconnected(.slowConsumer)): 1, .init(kind: tab, reason: .drained): 1,
            .init(kind: crawler, reason: .disconnected(.pongTimeout)): 4,
        ]
        counters.adminRequests = [.init(path: "/admin/stats", result: .unauthorized): 3]
        let lines = lines([loop(0, open: 3, counters), loop(1, open: 3, counters)], versions: ["b": 5, "a": 1], releases: ["b"])
        #expect(samples(of: "version_connections", in: lines) == [#"{version="(other)"} 1"#, #"{version="b"} 5"#])
        #expect(samples(of: "connections", in: lines).contains(#"{transport="websocket"} 16"#))
        #expect(samples(of: "connections_opened_total", in: lines).contains(#"{transport="websocket"} 20"#))
        #expect(samples(of: "crawlers_opened_total", in: lines).contains(#"{transport="websocket"} 18"#))
        #expect(samples(of: "crawlers", in: lines).contains(#"{transport="websocket"} 10"#))
        #expect(samples(of: "crawlers_closed_total", in: lines).contains(#"{transport="websocket",reason="pong_timeout"} 8"#))
        #expect(samples(of: "connections_closed_total", in: lines).contains(#"{transport="websocket",reason="drained"} 2"#))
        #expect(samples(of: "connections_closed_total", in: lines).contains(#"{transport="websocket",reason="pong_timeout"} 0"#))
        #expect(samples(of: "connections_closed_total", in: lines).count == 2 * (DisconnectReason.allCases.count + 2))
        #expect(samples(of: "slow_consumers_total", in: lines) == [" 2"])
        #expect(samples(of: "sockets", in: lines) == [" 6"] && samples(of: "sockets_limit", in: lines) == [" 99"])
        #expect(samples(of: "subscribers", in: lines).contains(#"{mode="delta"} 3"#))
        #expect(samples(of: "broadcasts_total", in: lines).contains(#"{mode="delta"} 7"#))
        #expect(samples(of: "admin_requests_total", in: lines).contains(#"{endpoint="/admin/stats",result="unauthorized"} 6"#))
        #expect(samples(of: "admin_requests_total", in: lines).contains(#"{endpoint="/admin/release",result="ok"} 0"#))
    }

    @Test func `a loop's lag and the app's answers are histograms`() {
        let lines = lines([loop(0, open: 3), loop(1, open: 3)])
        let counts = [1, 1, 3, 3, 3, 3, 3, 3, 4]
        #expect(
            samples(of: "loop_lag_seconds_bucket", in: lines)
                == (0...1).flatMap { loop in
                    zip(["0.001", "0.005", "0.025", "0.1", "0.5", "1.0", "5.0", "10.0", "+Inf"], counts).map {
                        #"{loop="\#(loop)",le="\#($0)"} \#($1)"#
                    }
                })
        #expect(samples(of: "loop_lag_seconds_count", in: lines) == [#"{loop="0"} 4"#, #"{loop="1"} 4"#])
        #expect(samples(of: "loop_lag_seconds_sum", in: lines).allSatisfy { $0.contains("} 60.0452") })
        #expect(samples(of: "app_call_seconds_bucket", in: lines).contains(#"{result="denied",le="0.005"} 0"#))
        #expect(samples(of: "app_call_seconds_bucket", in: lines).contains(#"{result="denied",le="0.01"} 1"#))
        #expect(
            samples(of: "app_call_seconds_count", in: lines)
                == [#"{result="granted"} 0"#, #"{result="denied"} 2"#, #"{result="fault"} 0"#])
    }

    @Test func `the process and the build have the names that others expect`() {
        let lines = lines([loop(0, open: 1)])
        #expect(samples(of: "process_cpu_seconds_total", in: lines) == [" 0.25"])
        #expect(samples(of: "process_resident_memory_bytes", in: lines) == [" 9"])
        #expect(samples(of: "process_start_time_seconds", in: lines) == [" 1700000000.0"])
        #expect(samples(of: "process_open_fds", in: lines) == [" 7"] && samples(of: "process_max_fds", in: lines) == [" 6"])
        #expect(samples(of: "build_info", in: lines).first?.hasPrefix(#"{version="\#(BuildInfo.version)",revision="#) == true)
        #expect(samples(of: "build_info", in: lines).first?.contains(/libwebsockets="4\.[0-9]+\.[0-9]+"/) == true)
    }

    @Test func `a hostile version stays in its label`() {
        let lines = lines(
            [loop(0, open: 1)], versions: ["\"} 1\nskewwatch_evil 1": 1], releases: ["r\"\\\n", "\"} 1\nskewwatch_evil 1"])
        #expect(samples(of: "version_connections", in: lines).contains(##"{version="\"} 1\nskewwatch_evil 1"} 1"##))
        #expect(samples(of: "release_info", in: lines) == [##"{version="r\"\\\n"} 1"##])
        #expect(!lines.contains { $0.hasPrefix("skewwatch_evil") })
    }

    @Test func `every metric has one help, one type and a sample, and none has a route`() {
        let lines = lines([loop(0, open: 1)])
        let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ") }
        #expect(Set(types.map { $0[2] }).count == types.count && types.count > 30)
        for type in types {
            #expect(type[2].hasPrefix("skewwatch_") || type[2].hasPrefix("process_"))
            #expect((type[3] == "counter") == type[2].hasSuffix("_total"))
            #expect(lines.count { $0.hasPrefix("# HELP \(type[2]) ") } == 1)
            let sample = type[3] == "histogram" ? "\(type[2])_bucket" : String(type[2])
            #expect(lines.contains { $0.hasPrefix("\(sample){") || $0.hasPrefix("\(sample) ") })
        }
        let labels = Set(lines.compactMap { $0.hasPrefix("#") ? nil : $0.firstMatch(of: /\{([a-z_]+)=/).map { String($0.1) } })
        #expect(labels == ["transport", "reason", "version", "mode", "result", "type", "loop", "endpoint"])
    }
}
