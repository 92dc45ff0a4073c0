import SkewProtocol
import Testing
import WebSocketLoop

@testable import SkewWatch

@Suite struct MetricsReportTests {
    private func loop(_ index: Int, open: Int, _ counters: Counters = Counters()) -> LoopReport {
        var counters = counters
        let tab = Connection.Kind(transport: .webSocket, audience: .tab)
        counters.opened[tab, default: 0] += open
        var lag = LagHistogram()
        for seconds in [0.0002, 0.02, 0.025, 60] { lag.record(seconds) }
        return LoopReport(index: index, counters: counters, openSockets: 3, pendingHandshakes: 1, sentBytes: 100, lag: lag)
    }

    private func lines(_ loops: [LoopReport], versions: [String: Int] = ["a": 1], release: String? = nil) -> [String] {
        let report = MetricsReport(
            loops: loops, fleet: FleetCounts(total: versions.values.reduce(0, +), versions: versions),
            subscribers: [SubscriptionKind(mode: .delta, scope: .ips): 1, SubscriptionKind(mode: .delta, scope: .connections): 2],
            broadcasts: [.delta: 7], connectionLimit: 99, release: release, uptimeSeconds: 1.5)
        return String(decoding: report.text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func samples(of name: String, in lines: [String]) -> [String] {
        lines.filter { $0.hasPrefix("skewwatch_\(name){") || $0.hasPrefix("skewwatch_\(name) ") }
            .map { String($0.dropFirst("skewwatch_\(name)".count)) }
    }

    @Test func `loops are summed up, lag apart`() {
        var counters = Counters()
        let (tab, crawler) = (
            Connection.Kind(transport: .webSocket, audience: .tab), Connection.Kind(transport: .webSocket, audience: .crawler)
        )
        (counters.opened[tab], counters.ended[tab]) = (2, 2)
        (counters.opened[crawler], counters.ended[crawler]) = (9, 8)
        counters.closed[.slowConsumer] = 1
        counters.closed[.pongTimeout] = 4
        let lines = lines([loop(0, open: 3, counters), loop(1, open: 3, counters)], versions: ["b": 5, "a": 1])
        #expect(samples(of: "version_connections", in: lines) == [#"{version="a"} 1"#, #"{version="b"} 5"#])
        #expect(samples(of: "connections", in: lines).contains(#"{transport="websocket"} 6"#))
        #expect(samples(of: "connections_opened_total", in: lines).contains(#"{transport="websocket"} 10"#))
        #expect(samples(of: "crawlers_opened_total", in: lines) == [" 18"])
        #expect(samples(of: "connections_closed_total", in: lines).contains(#"{reason="pong_timeout"} 8"#))
        #expect(samples(of: "connections_closed_total", in: lines).count == DisconnectReason.allCases.count)
        #expect(samples(of: "slow_consumers_total", in: lines) == [" 2"])
        #expect(samples(of: "sockets", in: lines) == [" 6"] && samples(of: "sockets_limit", in: lines) == [" 99"])
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
        #expect(samples(of: "subscribers", in: lines).contains(#"{mode="delta"} 3"#))
        #expect(samples(of: "broadcasts_total", in: lines).contains(#"{mode="delta"} 7"#))
    }

    @Test func `a hostile version stays in its label`() {
        let lines = lines([loop(0, open: 1)], versions: ["\"} 1\nskewwatch_evil 1": 1], release: "r\"\\\n")
        #expect(samples(of: "version_connections", in: lines) == [##"{version="\"} 1\nskewwatch_evil 1"} 1"##])
        #expect(samples(of: "release_info", in: lines) == [##"{version="r\"\\\n"} 1"##])
        #expect(!lines.contains { $0.hasPrefix("skewwatch_evil") })
    }

    @Test func `every metric has one help, one type and a sample, and none has a route`() {
        let lines = lines([loop(0, open: 1)])
        let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ") }
        #expect(Set(types.map { $0[2] }).count == types.count && types.count > 15)
        for type in types {
            #expect(type[2].hasPrefix("skewwatch_") && (type[3] == "counter") == type[2].hasSuffix("_total"))
            #expect(lines.count { $0.hasPrefix("# HELP \(type[2]) ") } == 1)
            let sample = type[3] == "histogram" ? "\(type[2])_bucket" : String(type[2])
            #expect(lines.contains { $0.hasPrefix("\(sample){") || $0.hasPrefix("\(sample) ") })
        }
        let labels = Set(lines.compactMap { $0.hasPrefix("#") ? nil : $0.firstMatch(of: /\{([a-z_]+)=/).map { String($0.1) } })
        #expect(labels == ["transport", "reason", "version", "mode", "result", "type", "loop"])
    }
}
