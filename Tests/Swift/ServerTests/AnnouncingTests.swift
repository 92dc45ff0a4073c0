import Foundation
import SkewWatch
import TestServer
import TestSockets
import Testing

/// Announcements over real sockets.
@Suite(.timeLimit(.minutes(1))) struct AnnouncingTests {
    private static func settings(_ configuration: inout Configuration) {
        (configuration.release, configuration.adminToken) = ("a", Secret(RunningServer.adminToken))
    }

    @Test func `tabs on the version are not told, and the others hear of it once`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let (old, new) = (try await Announced.tabs(3, "?v=a", server), try await Announced.tabs(2, "?v=b", server))
            let answer = try await server.administer("/admin/release", #"{"version":"b","urgent":true}"#)
            #expect(answer?.status == 202 && answer?.body == #"{"ok":true,"id":1,"matching":3}"#)
            for tab in old { #expect(try await tab.text() == #"{"type":"version","version":"b","urgent":true}"#) }
            for tab in new { #expect(await !tab.hears(within: 20)) }
            // Told before: not again, unless that is wanted.
            #expect(try Announced.object(try await server.administer("/admin/release", #"{"version":"b"}"#))["matching"] as? Int == 0)
            #expect(
                try Announced.object(try await server.administer("/admin/release", #"{"version":"b","again":true}"#))["matching"] as? Int
                    == 3)
            for tab in old { #expect(try await tab.text() == #"{"type":"version","version":"b","again":true}"#) }
            let late = try await server.open("?v=a")
            #expect(late.hello.version == "b")
            #expect(try Announced.object(try await server.administer("/admin/release", #"{"version":"b"}"#))["matching"] as? Int == 0)
        }
    }

    @Test func `a part is told, and the release stays what it was`() async throws {
        let change: (inout Configuration) -> Void = {
            Self.settings(&$0)
            $0.routeTracking = true
        }
        try await RunningServer.run(change) { server in
            let (meant, other) = (
                try await Announced.tabs(2, "?v=x1&route=/shop/1", server), try await Announced.tabs(2, "?v=y&route=/shop/1", server)
            )
            let elsewhere = try await Announced.tabs(1, "?v=x1&route=/", server)
            let body = #"{"version":"z","only":["x*"],"routes":["/shop/*"],"set":false}"#
            let answer = try Announced.object(try await server.administer("/admin/release", body))
            #expect(answer["matching"] as? Int == 2)
            #expect((answer["warning"] as? String)?.hasPrefix("nobody runs z") == true)
            for tab in meant { #expect(try await tab.text() == #"{"type":"version","version":"z"}"#) }
            for tab in other + elsewhere { #expect(await !tab.hears(within: 20)) }
            #expect(try await server.open().hello.version == "a")
        }
    }

    @Test func `ten, fifty and a hundred per cent add and never repeat`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let tabs = try await Announced.tabs(60, "?v=a", server)
            var told = 0
            for percent in [10, 50, 100] {
                let answer = try Announced.object(
                    try await server.administer("/admin/release", #"{"version":"b","rate":0,"percent":\#(percent)}"#))
                told += try #require(answer["matching"] as? Int)
            }
            #expect(told == 60)
            for tab in tabs {
                #expect(try await tab.text() == #"{"type":"version","version":"b"}"#)
                #expect(await !tab.hears(within: 1))
            }
        }
    }

    @Test(arguments: [1, 2]) func `the pace holds over all loops, can be changed, and stopped`(loops: Int) async throws {
        let change: (inout Configuration) -> Void = {
            Self.settings(&$0)
            $0.loops = loops
        }
        try await RunningServer.run(change) { server in
            let tabs = try await Announced.tabs(240, "?v=a", server)
            // It may never be faster, and a machine that stands still makes it slower: then once more.
            let isInTime = try await Patience.sees(inOneOf: 4) { attempt in
                let start = ContinuousClock.now
                let answer = try Announced.object(try await server.administer("/admin/release", #"{"version":"b\#(attempt)","rate":100}"#))
                let id = try #require(answer["id"] as? Int)
                #expect(answer["matching"] as? Int == 240 && tabs.count == 240)
                var entry: [String: Any] = [:]
                while entry["state"] as? String != "done" {
                    try await Task.sleep(for: .milliseconds(20))
                    entry = try #require(try await Announced.all(server).last)
                }
                #expect(entry["told"] as? Int == 240 && entry["left"] as? Int == 0 && entry["id"] as? Int == id)
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                #expect(seconds > 2.2, "240 at 100 a second took \(seconds) s")
                return seconds < 3.2
            }
            #expect(isInTime)
            let slow = try Announced.object(try await server.administer("/admin/release", #"{"version":"c","rate":1}"#))
            let number = try #require(slow["id"] as? Int)
            let faster = try await server.request(
                "PATCH", "/__skew/admin/release/\(number)", headers: [Announced.authorization, "Content-Type: application/json"],
                body: #"{"rate":40}"#)
            #expect(faster?.status == 200)
            // With the rate of before this would take 20 seconds.
            let asked = ContinuousClock.now
            while try await Announced.all(server).last?["told"] as? Int ?? 0 <= 20 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(ContinuousClock.now - asked < .seconds(15))
            let stopped = try Announced.object(
                try await server.request("DELETE", "/__skew/admin/release/\(number)", headers: [Announced.authorization]))
            let told = try #require(stopped["told"] as? Int)
            #expect(stopped["state"] as? String == "stopped" && told > 20 && told < 240)
            // Nobody may be told behind it: long enough for twelve.
            try await Task.sleep(for: .milliseconds(300))
            #expect(try await Announced.all(server).last?["told"] as? Int == told)
            #expect(try await server.request("DELETE", "/__skew/admin/release/99", headers: [Announced.authorization])?.status == 404)
        }
    }

    /// Else a page that watches takes the first tabs that reload for a version that nobody announced.
    @Test func `who watches is told at once, however slow the pace is, and is none of the tabs that are meant`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let tabs = try await Announced.tabs(200, "?v=a", server)
            let watchers = try await Announced.tabs(3, "?observer=1", server)
            let answer = try Announced.object(try await server.administer("/admin/release", #"{"version":"b","rate":1}"#))
            #expect(answer["matching"] as? Int == tabs.count)
            // At its turn the last one would hear of it after three minutes.
            for watcher in watchers { #expect(try await watcher.text() == #"{"type":"version","version":"b"}"#) }
        }
    }

    @Test func `every act is in the history once, with who, to whom and how many were told`() async throws {
        let change: (inout Configuration) -> Void = {
            Self.settings(&$0)
            $0.statsToken = Secret("let-me-see")
        }
        try await RunningServer.run(change) { server in
            let tabs = try await Announced.tabs(3, "?v=x", server) + Announced.tabs(200, "?v=y", server)
            #expect(try await Announced.acts(server).isEmpty)
            _ = try await server.administer("/admin/release", #"{"version":"b","only":["x"],"set":false,"rate":0}"#)
            for tab in tabs.prefix(3) { _ = try await tab.text() }
            let kept = "announced, version b, by admin-token, told 3, target x"
            #expect(try await Patience.sees { try await Announced.acts(server) == [kept] })
            let answer = try Announced.object(try await server.administer("/admin/release", #"{"version":"c","only":["y"],"rate":1}"#))
            let id = try #require(answer["id"] as? Int)
            // What changes nothing is no act.
            for rate in [1, 2, 2] { _ = try await Announced.change("PATCH", id, of: server, #"{"rate":\#(rate)}"#) }
            var stops: [[String: Any]] = []
            for _ in 0..<2 { stops.append(try Announced.object(try await Announced.change("DELETE", id, of: server))) }
            _ = try await Announced.change("PATCH", id, of: server, #"{"rate":5}"#)
            _ = try await Announced.change("DELETE", 1, of: server)
            let told = try #require(stops[0]["told"] as? Int)
            for (token, span) in [(RunningServer.adminToken, ""), ("let-me-see", ""), ("let-me-see", "?from=-60")] {
                let acts = try await Announced.acts(server, token: token, span: span)
                #expect(acts.count == 3 && acts.first == kept)
                #expect(acts.dropFirst().first?.wholeMatch(of: /paced, version c, by admin-token, told [0-9]+, rate 2/) != nil)
                #expect(acts.last == "stopped, version c, by admin-token, told \(told), matching 200")
            }
            #expect(try await Announced.acts(server, span: "?from=-120&to=-60").isEmpty)
            // The release says to whom it was limited, and what was announced beside it has not changed how many were told.
            let releases = try await Announced.releases(server)
            #expect(releases.map { $0["target"] as? String } == [nil, "y"])
            #expect(releases.last?["told"] as? Int == told)
            for token in ["", "wrong"] {
                let refused = try await server.request("GET", "/__skew/admin/history", headers: ["Authorization: Bearer \(token)"])
                #expect(refused?.body.contains("stopped") == false)
            }
        }
    }

    @Test func `what is told beside the release changes nothing in the list of releases`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let tabs = try await Announced.tabs(2, "?v=x", server)
            _ = try await server.administer("/admin/release", #"{"version":"b","rate":0}"#)
            for tab in tabs { _ = try await tab.text() }
            _ = try await server.administer("/admin/release", #"{"version":"b","only":["nobody"],"set":false,"rate":0}"#)
            #expect(try await Patience.sees { try await Announced.acts(server).last?.contains("told 0") == true })
            let releases = try await Announced.releases(server)
            #expect(releases.last?["version"] as? String == "b" && releases.last?["told"] as? Int == 2)
        }
    }

    @Test func `a release that another one replaces says how many were told`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let tabs = try await Announced.tabs(50, "?v=x", server)
            for (body, version) in [(#"{"version":"c","rate":1}"#, "c"), (#"{"version":"d","rate":1}"#, "d")] {
                _ = try await server.administer("/admin/release", body)
                #expect(try await tabs[0].text() == #"{"type":"version","version":"\#(version)"}"#)
            }
            #expect(try await Patience.sees { try await Announced.releases(server)[1]["told"] as? Int ?? 0 > 0 })
        }
    }

    @Test func `a typo is named, with what was probably meant`() async throws {
        try await RunningServer.run(Self.settings) { server in
            let tabs = try await Announced.tabs(2, "?v=build-42", server)
            let answer = try Announced.object(try await server.administer("/admin/release", #"{"version":"build-24"}"#))
            #expect(answer["warning"] as? String == "nobody runs build-24; build-42 is the version seen that is most like it")
            #expect(tabs.count == 2)
        }
    }
}
