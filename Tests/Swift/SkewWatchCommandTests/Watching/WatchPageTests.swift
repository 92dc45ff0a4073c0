import Presence
import SkewProtocol
import Testing

@testable import SkewWatchCommand

@Suite struct WatchPageTests {
    private func page(
        versions: [String: Int], routes: [String: Int] = [:], link: WatchPage.Link = .live, previews: [String] = []
    ) throws -> WatchPage {
        func object(_ counts: [String: Int]) -> JSONValue { .object(counts.mapValues { .number(Double($0)) }) }
        let total = JSONValue.number(Double(versions.values.reduce(0, +)))
        let statistics = try #require(
            LiveStatistics(.object(["total": total, "seq": .number(1), "versions": object(versions), "routes": object(routes)])))
        var history = TotalHistory()
        for total in 0..<300 { history.add(total) }
        let now: Int64 = 1_800_000_000_000
        let samples = [RolloutCourse.Sample(at: now, versions: versions)]
        let course = RolloutCourse(
            now: now, isLive: true, release: "2.0",
            releases: [.init(version: "1.9", at: now - 9_000_000), .init(version: "2.0", at: now - 60_000)],
            previews: previews, samples: samples)
        return WatchPage(
            url: "https://app.example.com/__skew", link: link, statistics: statistics, facts: course.facts, history: history,
            oldTabs: [1000, 800, 400, 250], previews: previews, clock: "12:00:00", showsHelp: true)
    }

    private func canvas(_ columns: Int, _ rows: Int?, isOn: Bool = false) -> WatchPage.Canvas {
        .init(columns: columns, rows: rows, glyphs: .unicode, style: TerminalStyle(isOn: isOn))
    }

    private static let versions = ["2.0": 750, "1.9": 200, "日本語のとても長い名前🚀": 49, "x": 1]
    private static let routes = Dictionary(uniqueKeysWithValues: (1...40).map { ("/route/\($0)", 25) })

    @Test func `versions are ranked with tabs, share and bar, and the release's part is said`() throws {
        let lines = try page(versions: Self.versions).lines(on: canvas(100, nil))
        #expect(lines.contains { $0.hasPrefix("SkewWatch  https://app.example.com/__skew") && $0.hasSuffix("● live  12:00:00") })
        #expect(lines[2] == "▶ Rolling out  1.9 -> 2.0, announced 1 min ago")
        #expect(lines[3] == "250 old tabs are left.")
        #expect(lines[5] == "250 old of 1,000 (25.0 %)   █▇▄▃  1,000 to 250")
        #expect(lines[6] == "o: routes of old tabs, or of all   q: end   ?: these keys")
        let first = try #require(lines.firstIndex { $0.hasPrefix("> 2.0 ") })
        #expect(lines[first].contains("750  75.0 %  ██████████████████████████████"))
        #expect(lines[first + 1].hasPrefix("1.9 "))
    }

    @Test func `previews have no share, and no part of the others'`() throws {
        let lines = try page(versions: ["2.0": 75, "1.9": 25, "preview-7": 900], previews: ["preview-*"]).lines(on: canvas(100, nil))
        #expect(lines.contains { $0.hasPrefix("> 2.0 ") && $0.contains("75  75.0 %  ███") })
        #expect(lines.contains { $0.hasPrefix("preview-7 ") && $0.hasSuffix("900 preview") })
        #expect(lines.contains { $0.hasPrefix("25 old of 100 (25.0 %)") })
    }

    @Test func `where the old tabs are stands in place of the routes of all`() throws {
        let text =
            #"{"total":3,"seq":1,"versions":{"2.0":2,"1.9":1},"routes":{"/a":2,"/b":1},"connections":["#
            + #"{"id":"1","version":"1.9","route":"/b"},{"id":"2","version":"2.0","route":"/a"},{"id":"3","version":"2.0","route":"/a"}]}"#
        let parsed = JSONValue(Array(text.utf8).span)
        let value = try #require(parsed)
        let statistics = try #require(LiveStatistics(value))
        let course = RolloutCourse(now: 0, isLive: true, release: "2.0", samples: [.init(at: 0, versions: statistics.versions)])
        var page = WatchPage(
            url: "u", link: .live, statistics: statistics, facts: course.facts, history: TotalHistory(), oldTabs: [1], previews: [],
            clock: "")
        #expect(page.lines(on: canvas(80, nil)).suffix(2).map { $0.prefix(11) } == ["OLD TABS ON", "/b         "])
        page.showsAllRoutes = true
        #expect(page.lines(on: canvas(80, nil)).contains { $0.hasPrefix("/a ") })
    }

    @Test func `a build that nobody announced is counted itself, and its tabs are not among the old ones`() throws {
        func versions(_ newer: Int) -> [String: Int] { ["2.0": 40 - newer, "1.9": 2, "2.1": newer] }
        let text =
            #"{"total":42,"seq":1,"versions":{"2.0":10,"1.9":2,"2.1":30},"routes":{"/a":30,"/b":12},"connections":["#
            + #"{"id":"1","version":"2.1","route":"/a"},{"id":"2","version":"1.9","route":"/b"}]}"#
        let parsed = JSONValue(Array(text.utf8).span)
        let value = try #require(parsed)
        let statistics = try #require(LiveStatistics(value))
        let samples = (0...6).map { RolloutCourse.Sample(at: Int64($0) * 10_000, versions: versions(5 * $0)) }
        let releases: [RolloutCourse.Release] = [.init(version: "1.9", at: -9_000_000), .init(version: "2.0", at: -5_000_000)]
        let course = RolloutCourse(now: 60_000, isLive: true, release: "2.0", releases: releases, samples: samples)
        let page = WatchPage(
            url: "u", link: .live, statistics: statistics, facts: course.facts, history: TotalHistory(), oldTabs: [2], previews: [],
            clock: "")
        let lines = page.lines(on: canvas(80, nil))
        #expect(lines[2].hasPrefix("◇ Not announced  1.9 -> 2.0") && lines[3] == "2.1 is replacing 2.0, but is not announced.")
        #expect(lines.contains { $0.hasPrefix("30 on 2.1 of 42 (71.4 %)") })
        #expect(lines.contains { $0.hasPrefix("OLD TABS ON") } && !lines.contains { $0.hasPrefix("/a ") })

        var log = RolloutLog()
        log.tell("2.0", at: 0)
        for sample in samples { log.note(sample.versions, at: sample.at) }
        #expect(log.oldTabs(course.facts, columns: 60) == Array(repeating: 2, count: 7))
    }

    @Test func `sentences are broken between words, and a word that is too wide is cut`() {
        #expect(WatchPage.broken("20 old tabs are left", to: 9) == ["20 old", "tabs are", "left"])
        #expect(WatchPage.broken("abcdefghij k", to: 5) == ["abcd…", "k"])
    }

    @Test func `at forty columns every key is named, and the builds stand without the time that has no room`() throws {
        let lines = try page(versions: Self.versions).lines(on: canvas(40, 20))
        #expect(lines[2] == "▶ Rolling out  1.9 -> 2.0")
        #expect(lines.contains("o: routes of old tabs, or of all") && lines.contains("q: end   ?: these keys"))
    }

    @Test func `no line is wider than the screen and no page is higher, whatever the size`() throws {
        let page = try page(versions: Self.versions, routes: Self.routes, link: .lost(reason: String(repeating: "why ", count: 50)))
        for columns in [5, 20, 24, 30, 47, 80, 200] {
            for rows in [1, 3, 5, 9, 14, 24, 60] {
                let lines = page.lines(on: canvas(columns, rows))
                #expect(lines.count <= rows)
                for line in lines {
                    #expect(line.reduce(0) { $0 + TerminalText.columns(of: $1) } <= columns, "\(columns)x\(rows): \(line)")
                }
            }
        }
    }

    @Test func `what has no room is summed up, so that the counts still add up`() throws {
        let many = Dictionary(uniqueKeysWithValues: (0..<50).map { ("v\($0)", 2) })
        let lines = try page(versions: many).lines(on: canvas(80, 12))
        let rows = lines.filter { $0.hasPrefix("v") }.count
        #expect(rows > 2 && lines.last == "and \(50 - rows) more with \(100 - 2 * rows)")
    }

    @Test func `without colours there is no escape, and with them every one is closed`() throws {
        let page = try page(versions: Self.versions, routes: Self.routes)
        #expect(page.lines(on: canvas(80, 24)).allSatisfy { !$0.contains("\u{1B}") })
        for line in page.lines(on: canvas(80, 24, isOn: true)) {
            #expect(line.components(of: "\u{1B}[0m") * 2 == line.components(of: "\u{1B}["))
        }
    }

    @Test func `a lost connection says why, and nobody there is a page without tables`() throws {
        let lost = try page(versions: ["a": 1], link: .lost(reason: "it hung up"))
        #expect(lost.lines(on: canvas(100, 24))[0].hasSuffix("trying again: it hung up"))
        #expect(try page(versions: [:]).lines(on: canvas(100, 24)).dropLast().last?.hasPrefix("0 tabs") == true)
    }
}

extension String {
    /// How often the part is in it.
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
