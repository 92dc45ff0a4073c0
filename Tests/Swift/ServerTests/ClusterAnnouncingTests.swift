import Foundation
import SkewCluster
import SkewWatch
import TestServer
import TestSockets
import Testing

/// Announcements that all nodes of a cluster carry out.
@Suite(.timeLimit(.minutes(1))) struct ClusterAnnouncingTests {
    /// What a node says of an announcement; nil while it does not know it.
    private func entry(_ id: Int, of server: RunningServer) async throws -> [String: Any]? {
        try await Announced.all(server).first { $0["id"] as? Int == id }
    }

    /// Asks until a node says this of an announcement.
    private func untilEntry(
        _ id: Int, of server: RunningServer, _ condition: ([String: Any]) -> Bool
    ) async throws -> [String: Any] {
        var last: [String: Any]?
        let wasSo = try await Patience.sees {
            last = try await entry(id, of: server)
            return last.map(condition) ?? false
        }
        #expect(wasSo, "the announcement is \(String(describing: last))")
        return last ?? [:]
    }

    @Test func `target and words of an announcement reach the tabs of the other node, and the release stays`() async throws {
        try await ServerPair.run(.init()) { (configuration: inout Configuration) in
            (configuration.release, configuration.routeTracking) = ("a", true)
        } _: { one, two in
            let meant = try await Announced.tabs(2, "?v=x1&route=/shop/1", one) + Announced.tabs(3, "?v=x1&route=/shop/1", two)
            let others =
                try await Announced.tabs(1, "?v=y&route=/shop/1", one) + Announced.tabs(1, "?v=y&route=/shop/1", two)
                + Announced.tabs(1, "?v=x1&route=/", two)
            let body = #"{"version":"z","only":["x*"],"routes":["/shop/*"],"set":false,"urgent":true}"#
            let answer = try Announced.object(try await one.administer("/admin/release", body))
            #expect(answer["matching"] as? Int == 5)
            for tab in meant { #expect(try await tab.text() == #"{"type":"version","version":"z","urgent":true}"#) }
            let id = try #require(answer["id"] as? Int)
            for server in [one, two] {
                let entry = try await untilEntry(id, of: server) { $0["state"] as? String == "done" }
                #expect(entry["told"] as? Int == 5 && entry["matching"] as? Int == 5 && entry["left"] as? Int == 0)
            }
            for tab in others { #expect(await !tab.hears(within: 20)) }
            #expect(try await two.open().hello.version == "a")
            // As many of a hundred, over both.
            let none = try Announced.object(try await two.administer("/admin/release", #"{"version":"z","only":["nobody"],"set":false}"#))
            #expect(none["matching"] as? Int == 0)
        }
    }

    @Test func `what is done on any node is in the history of each, once, also of one that comes later`() async throws {
        let hub = MemoryBus.Hub()
        try await ServerPair.run(hub) { one, two in
            let tabs = try await Announced.tabs(2, "?v=x", one) + Announced.tabs(1, "?v=x", two) + Announced.tabs(100, "?v=y", two)
            _ = try await one.administer("/admin/release", #"{"version":"b","only":["x"],"set":false,"rate":0}"#)
            for tab in tabs.prefix(3) { _ = try await tab.text() }
            // Node one has nobody to tell: it is done there at once, and stopped all the same.
            let answer = try Announced.object(try await two.administer("/admin/release", #"{"version":"c","only":["y"],"rate":1}"#))
            let id = try #require(answer["id"] as? Int)
            _ = try await untilEntry(id, of: one) { $0["state"] as? String == "running" && $0["matching"] as? Int == 100 }
            _ = try await Announced.change("PATCH", id, of: one, #"{"rate":2}"#)
            _ = try await untilEntry(id, of: two) { $0["rate"] as? Int == 2 }
            let stopped = try Announced.object(try await Announced.change("DELETE", id, of: one))
            let told = try #require(stopped["told"] as? Int)
            for server in [one, two] { _ = try await untilEntry(id, of: server) { $0["state"] as? String == "stopped" } }
            func isWhole(_ acts: [String]) -> Bool {
                acts.count == 3 && acts[0] == "announced, version b, by admin-token, told 3, target x"
                    && acts[1].wholeMatch(of: /paced, version c, by admin-token, told [0-9]+, rate 2/) != nil
                    && acts[2] == "stopped, version c, by admin-token, told \(told), matching 100"
            }
            var acts: [[String]] = []
            _ = try await Patience.sees {
                acts = [try await Announced.acts(one), try await Announced.acts(two)]
                return acts.allSatisfy(isWhole)
            }
            #expect(acts.allSatisfy(isWhole) && acts[0] == acts[1], "\(acts)")
            // What sets the release says of all nodes, too, how many were told.
            _ = try await two.administer("/admin/release", #"{"version":"d","rate":0}"#)
            for server in [one, two] {
                var told: Int?
                _ = try await Patience.sees {
                    told = try await Announced.releases(server).last?["told"] as? Int
                    return told == 103
                }
                #expect(told == 103)
            }
            try await RunningServer.run(ServerPair.settings("three"), bus: MemoryBus(hub)) { three in
                try await ServerPair.ready(three)
                var late: [String] = []
                _ = try await Patience.sees {
                    late = try await Announced.acts(three)
                    return isWhole(late)
                }
                #expect(late == acts[0])
                // It has heard of the orders as well by then.
                try await Task.sleep(for: .milliseconds(300))
                #expect(try await Announced.acts(three) == acts[0])
            }
        }
    }

    @Test func `what a node with all the tabs stops is stopped on one that has none`() async throws {
        try await ServerPair.run { one, two in
            let tabs = try await Announced.tabs(50, "?v=y", two)
            #expect(tabs.count == 50)
            for turn in 1...4 {
                let body = #"{"version":"c\#(turn)","rate":1,"set":false}"#
                let answer = try Announced.object(try await two.administer("/admin/release", body))
                let id = try #require(answer["id"] as? Int)
                _ = try await untilEntry(id, of: one) { $0["state"] as? String == "running" && $0["matching"] as? Int == 50 }
                _ = try await Announced.change("DELETE", id, of: two)
                for server in [one, two] {
                    _ = try await untilEntry(id, of: server) { $0["state"] as? String == "stopped" }
                    let stop = "stopped, version c\(turn), by admin-token, told "
                    #expect(try await Patience.sees { try await Announced.acts(server).last?.hasPrefix(stop) == true })
                }
            }
            var acts: [[String]] = []
            _ = try await Patience.sees {
                acts = [try await Announced.acts(one), try await Announced.acts(two)]
                return acts[0] == acts[1]
            }
            #expect(acts[0] == acts[1])
        }
    }

    /// A node that is there, has no tabs, and never says how far it is.
    private func addMute(to hub: MemoryBus.Hub) -> MemoryBus {
        var random = SystemRandomNumberGenerator()
        let instance = InstanceID(using: &random)
        var mute = ClusterNode(
            .init(instance: instance, label: "mute", software: "0", basePath: "/__skew"), maxNames: [:], release: [], at: .zero)
        mute.linkConnected(at: .zero)
        let bus = MemoryBus(hub)
        bus.open { _ in }
        var encoder = MessageEncoder(of: instance)
        for case .publish(let message) in mute.advance(to: .milliseconds(100), using: &random) {
            bus.publish(encoder.encode(message.body), on: .all)
        }
        return bus
    }

    @Test func `who announces while a node does not answer, or no bus is there, is told that not all are counted`() async throws {
        let hub = MemoryBus.Hub()
        try await ServerPair.run(hub) { one, two in
            let tabs = try await Announced.tabs(1, "?v=a", one) + Announced.tabs(2, "?v=a", two)
            #expect(tabs.count == 3)
            // A node is ready some milliseconds before it is sure that its link is.
            for _ in 0..<500 where try await one.metric("cluster_partial{reason=\"link\"}") != 0 {
                try await Task.sleep(for: .milliseconds(10))
            }
            let whole = try Announced.object(try await one.administer("/admin/release", #"{"version":"b","rate":0}"#))
            #expect(whole["matching"] as? Int == 3 && whole["partial"] == nil)
            let mute = addMute(to: hub)
            let begin = ContinuousClock.now
            let answer = try Announced.object(try await one.administer("/admin/release", #"{"version":"c","only":["nobody"],"set":false}"#))
            #expect((answer["partial"] as? [String])?.contains("unsynced") == true && answer["matching"] as? Int == 0)
            #expect(ContinuousClock.now - begin > .milliseconds(900))
            let id = try #require(answer["id"] as? Int)
            #expect(try await entry(id, of: one)?["partial"] as? [String] == ["unsynced"])
            await mute.close()
            _ = try await untilEntry(id, of: one) { $0["partial"] == nil && $0["state"] as? String == "done" }
            hub.setUp(false)
            // The node notices it in a moment.
            try await Task.sleep(for: .milliseconds(300))
            let asked = try await one.administer("/admin/release", #"{"version":"c","only":["nobody"],"set":false}"#)
            #expect(asked?.status == 202, "what is unknown is not nobody")
            let alone = try Announced.object(try await one.administer("/admin/release", #"{"version":"d","rate":0}"#))
            #expect((alone["partial"] as? [String])?.contains("link") == true && alone["matching"] as? Int == 1)
            hub.setUp(true)
            _ = try await untilEntry(try #require(alone["id"] as? Int), of: two) { $0["told"] as? Int == 3 && $0["partial"] == nil }
        }
    }

    @Test func `the pace is divided by the tabs of each node, changed on one and stopped on another`() async throws {
        try await ServerPair.run { one, two in
            let tabs = try await Announced.tabs(20, "?v=a", one) + Announced.tabs(180, "?v=a", two)
            #expect(tabs.count == 200)
            let start = ContinuousClock.now
            let answer = try Announced.object(try await one.administer("/admin/release", #"{"version":"b","rate":100}"#))
            #expect(answer["matching"] as? Int == 200)
            let first = try #require(answer["id"] as? Int)
            // With half of the pace for each node those of the smaller one would be told when forty of all are.
            for tab in tabs.prefix(20) { _ = try await tab.message() }
            #expect(try await entry(first, of: two)?["told"] as? Int ?? 0 > 120)
            let half = try await untilEntry(first, of: one) { $0["told"] as? Int ?? 0 > 50 }
            #expect(half["matching"] as? Int == 200)
            let done = try await untilEntry(first, of: one) { $0["state"] as? String == "done" }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            #expect(done["told"] as? Int == 200)
            #expect(seconds > 1.8, "200 at 100 a second took \(seconds) s")
            let slow = try Announced.object(try await two.administer("/admin/release", #"{"version":"c","rate":1}"#))
            let number = try #require(slow["id"] as? Int)
            let faster = try await one.request(
                "PATCH", "/__skew/admin/release/\(number)", headers: [Announced.authorization, "Content-Type: application/json"],
                body: #"{"rate":1000}"#)
            #expect(faster?.status == 200)
            for server in [one, two] {
                _ = try await untilEntry(number, of: server) { $0["told"] as? Int == 200 && $0["rate"] as? Int == 1000 }
            }
            let last = try Announced.object(try await two.administer("/admin/release", #"{"version":"d","rate":1}"#))
            let stopped = try #require(last["id"] as? Int)
            _ = try await untilEntry(stopped, of: one) { $0["state"] as? String == "running" }
            #expect(try await one.request("DELETE", "/__skew/admin/release/\(stopped)", headers: [Announced.authorization])?.status == 200)
            for server in [one, two] { _ = try await untilEntry(stopped, of: server) { $0["state"] as? String == "stopped" } }
        }
    }
}
