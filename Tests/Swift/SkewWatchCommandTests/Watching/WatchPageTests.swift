import SkewProtocol
import Testing

@testable import SkewWatchCommand

@Suite struct WatchPageTests {
    private func page(versions: [String: Int], routes: [String: Int] = [:], link: WatchPage.Link = .live) throws -> WatchPage {
        func object(_ counts: [String: Int]) -> JSONValue { .object(counts.mapValues { .number(Double($0)) }) }
        let total = JSONValue.number(Double(versions.values.reduce(0, +)))
        let statistics = try #require(
            LiveStatistics(.object(["total": total, "seq": .number(1), "versions": object(versions), "routes": object(routes)])))
        var history = TotalHistory()
        for total in 0..<300 { history.add(total) }
        return WatchPage(
            url: "https://app.example.com/__skew", link: link, statistics: statistics, release: "2.0", history: history, clock: "12:00:00")
    }

    private func canvas(_ columns: Int, _ rows: Int?, isOn: Bool = false) -> WatchPage.Canvas {
        .init(columns: columns, rows: rows, glyphs: .unicode, style: TerminalStyle(isOn: isOn))
    }

    private static let versions = ["2.0": 750, "1.9": 200, "日本語のとても長い名前🚀": 49, "x": 1]
    private static let routes = Dictionary(uniqueKeysWithValues: (1...40).map { ("/route/\($0)", 25) })

    @Test func `versions are ranked with tabs, share and bar, and the release's part is said`() throws {
        let lines = try page(versions: Self.versions).lines(on: canvas(100, nil))
        #expect(lines.contains { $0.hasPrefix("SkewWatch  https://app.example.com/__skew") && $0.hasSuffix("● live  12:00:00") })
        #expect(lines.contains("750 of 1,000 on the current release 2.0 (75.0 %)"))
        let first = try #require(lines.firstIndex { $0.hasPrefix("2.0 ") })
        #expect(lines[first].contains("750  75.0 %  ██████████████████████████████"))
        #expect(lines[first + 1].hasPrefix("1.9 "))
    }

    @Test func `tabs whose build has no name are said to be unknown`() throws {
        let lines = try page(versions: ["2.0": 6, "(other)": 4]).lines(on: canvas(100, nil))
        #expect(lines.contains("6 of 10 on the current release 2.0 (60.0 %); the build of 4 is unknown"))
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
        #expect(try page(versions: [:]).lines(on: canvas(100, 24)).last?.hasPrefix("0 tabs") == true)
    }
}

extension String {
    /// How often the part is in it.
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
