import Foundation
import SkewCluster
import SkewWatch
import TestServer
import TestSockets
import Testing

/// What the examples for Prometheus and Grafana ask for is what a server has.
@Suite(.timeLimit(.minutes(1))) struct MonitoringExampleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: "Docker/examples/\(path)"), encoding: .utf8)
    }

    /// Names of a server that has all there is: several nodes, webhooks, a release.
    private func names() async throws -> Set<String> {
        let configuration = Configuration.testing {
            ($0.internalPort, $0.release, $0.nodeID) = (0, "r1", "one")
            $0.webhookURL = Secret("http://127.0.0.1:1/")
        }
        var names: Set<String> = []
        try await RunningServer.run(configuration, bus: MemoryBus(MemoryBus.Hub())) { server in
            // A release without a tab is no label yet.
            let tab = try await server.open("?v=r1")
            let metrics = try #require(try await server.probe("/metrics")?.body)
            for line in metrics.split(separator: "\n") where !line.hasPrefix("#") {
                names.insert(String(line.prefix { $0 != "{" && $0 != " " }))
            }
            try await tab.client.send("ping")
        }
        return names
    }

    @Test(arguments: ["grafana/skewwatch.json", "prometheus/skewwatch.rules.yaml", "prometheus/skewwatch.rules.test.yaml"])
    func `every metric of an example is one that a server has`(path: String) async throws {
        let known = try await names()
        let asked = Set(try text(path).matches(of: /\b(?:skewwatch|process)_[a-z_]+\b(?!:)/).map { String($0.0) })
        #expect(asked.count >= 10)
        #expect(asked.subtracting(known) == [])
    }

    @Test func `every recorded name that an alert asks for is recorded`() throws {
        let rules = try text("prometheus/skewwatch.rules.yaml")
        let recorded = Set(rules.matches(of: /record: (\S+)/).map { String($0.1) })
        let asked = Set(rules.matches(of: /skewwatch:[a-z_:]+/).map { String($0.0) })
        #expect(recorded.count == 5 && asked == recorded)
    }

    @Test func `the dashboard is one that Grafana takes: panels with numbers and places of their own, each with a query`() throws {
        let data = Data(try text("grafana/skewwatch.json").utf8)
        let board = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(board["title"] as? String == "SkewWatch" && board["schemaVersion"] as? Int == 38)
        let variables = try #require((board["templating"] as? [String: Any])?["list"] as? [[String: Any]])
        #expect(variables.compactMap { $0["name"] as? String } == ["datasource", "job"])
        let panels = try #require(board["panels"] as? [[String: Any]])
        #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
        var taken: Set<[Int]> = []
        for panel in panels {
            let title = try #require(panel["title"] as? String)
            let place = try #require(panel["gridPos"] as? [String: Int])
            let (x, y, width, height) = (place["x"] ?? -1, place["y"] ?? -1, place["w"] ?? 0, place["h"] ?? 0)
            #expect(x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 24, "\(title)")
            for column in x..<x + width { for row in y..<y + height { #expect(taken.insert([column, row]).inserted, "\(title)") } }
            let type = try #require(panel["type"] as? String)
            guard type != "row" else { continue }
            #expect(["stat", "timeseries"].contains(type))
            let targets = try #require(panel["targets"] as? [[String: Any]])
            #expect(!targets.isEmpty && Set(targets.compactMap { $0["refId"] as? String }).count == targets.count, "\(title)")
            for target in targets {
                #expect((target["expr"] as? String)?.contains("job=~\"$job\"") == true, "\(title)")
                #expect((target["datasource"] as? [String: String])?["uid"] == "${datasource}", "\(title)")
            }
        }
    }
}
