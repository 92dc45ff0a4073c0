import Presence
import SkewProtocol
import TestRandom
import Testing

@testable import SkewWatchCommand

@Suite struct EventStreamReaderTests {
    private let stream = Array(": hello\nretry: 1000\n\ndata: {\"a\":1}\r\n\r\nevent: x\ndata:one\ndata: two\n\n".utf8)

    @Test func `events are the same however the bytes are cut`() {
        let expected = [Array("{\"a\":1}".utf8), Array("one\ntwo".utf8)]
        for size in 1...stream.count {
            var reader = EventStreamReader()
            var events: [[UInt8]] = []
            for start in Swift.stride(from: 0, to: stream.count, by: size) {
                events += reader.take(Array(stream[start..<min(start + size, stream.count)])) ?? []
            }
            #expect(events == expected, "\(size)")
        }
    }

    @Test func `a line without end is not kept for ever`() {
        var reader = EventStreamReader(limit: 4096)
        let part = [UInt8](repeating: 0x20, count: 1024)
        for _ in 0..<4 { #expect(reader.take(part) == []) }
        #expect(reader.take(part) == nil)
    }
}

@Suite struct BackoffTests {
    /// Always the most.
    private struct Highest: RandomNumberGenerator {
        mutating func next() -> UInt64 { .max }
    }

    @Test func `waits double up to the longest, start over after a success, and may be short`() {
        var backoff = Backoff()
        var highest = Highest()
        let waits = (0..<8).map { _ in backoff.next(using: &highest) }
        #expect(waits[0] > .milliseconds(490) && waits[1] > .milliseconds(990) && waits[7] > .seconds(29))
        #expect(waits.allSatisfy { $0 <= Backoff.longest })
        backoff.reset()
        #expect(backoff.next(using: &highest) <= Backoff.first)
        var random = SeededGenerator(seed: 1)
        let jittered = (0..<200).map { _ in backoff.next(using: &random) }
        #expect(jittered.min()! < .seconds(10) && jittered.max()! > .seconds(10))
    }
}

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("1.4.2", 5), ("日本語", 6), ("e\u{301}", 1), ("🚀x", 3), ("", 0), ("\u{1B}[31mred\u{202E}\u{200B}", 7), ("한국", 4), ("ﾊﾝ", 2),
    ])
    func `its width is what a terminal gives it, and nothing in it steers one`(raw: String, columns: Int) {
        let text = TerminalText(raw, limit: 100)
        #expect(text.columns == columns)
        #expect(!text.text.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" })
    }

    @Test func `it is cut between characters, and the cut is seen`() {
        #expect(TerminalText("日本語", limit: 4).text == "日…")
        #expect(TerminalText("日本語", limit: 4).columns == 3)
        #expect(TerminalText("日本語", limit: 5).text == "日本…")
        #expect(TerminalText("abcdef", limit: 6).text == "abcdef")
        #expect(TerminalText("abcdef", limit: 0).text == "")
        #expect(TerminalText("日本", limit: 3).padded(to: 6) == "日…   ")
    }
}

@Suite struct ShownNumberTests {
    @Test func `numbers have commas, and only all is 100 per cent`() {
        #expect([0, 999, 1000, 1_234_567].map(ShownNumber.grouped) == ["0", "999", "1,000", "1,234,567"])
        #expect(ShownNumber.share(1, of: 3) == "33.3 %")
        #expect(ShownNumber.share(9999, of: 10000) == "99.9 %" && ShownNumber.share(10000, of: 10000) == "100.0 %")
        #expect(
            ShownNumber.share(1, of: 10000) == "0.1 %" && ShownNumber.share(0, of: 5) == "0.0 %" && ShownNumber.share(0, of: 0) == "0.0 %")
    }

    @Test func `a bar is as long as its share, and never nothing for something`() {
        #expect(Glyphs.unicode.bar(share: 0.5, columns: 10) == "█████")
        #expect(Glyphs.unicode.bar(share: 1, columns: 3) == "███" && Glyphs.unicode.bar(share: 0.0001, columns: 3) == "▏")
        #expect(Glyphs.unicode.bar(share: 0, columns: 3) == "" && Glyphs.plain.bar(share: 0.5, columns: 4) == "##")
    }
}

@Suite struct TotalHistoryTests {
    @Test func `the line is as high as its numbers, starts at zero, and has holes where nobody knew`() {
        var history = TotalHistory()
        history.add(nil)
        for total in [0, 50, nil, 100] { history.add(total) }
        #expect(history.line(columns: 10, steps: ["0", "1", "2"]) == "01 2")
        #expect(history.line(columns: 2, steps: ["0", "1", "2"]) == " 2")
        #expect(history.range(columns: 10) == 0...100)
        for _ in 0..<1000 { history.add(1) }
        #expect(history.line(columns: 10_000, steps: ["a", "b"]).count == TotalHistory.limit)
    }
}

@Suite struct StatisticsLineTests {
    private func statistics(_ versions: [String: Int]) throws -> LiveStatistics {
        let counts = JSONValue.object(versions.mapValues { .number(Double($0)) })
        let total = JSONValue.number(Double(versions.values.reduce(0, +)))
        return try #require(LiveStatistics(.object(["total": total, "seq": .number(4), "versions": counts, "routes": .object([:])])))
    }

    private func facts(_ release: String?, _ versions: [String: Int]) -> RolloutFacts {
        RolloutCourse(now: 0, isLive: true, release: release, samples: [.init(at: 0, versions: versions)]).facts
    }

    @Test func `a JSON line is one object that reads back, whatever the names are`() throws {
        let line = StatisticsLine.json(try statistics(["__proto__": 1, "a\"\n": 2]), facts("r", ["r": 3]), timestampMilliseconds: 5)
        #expect(!line.contains("\n"))
        let read = JSONValue(Array(line.utf8).span)
        let value = try #require(read)
        #expect(value["versions"] == .object(["__proto__": .number(1), "a\"\n": .number(2)]))
        #expect(
            value["release"] == .string("r") && value["state"] == .string("done") && value["old"] == .number(0)
                && value["timestamp"] == .number(5) && value["total"] == .number(3))
    }

    @Test func `a plain line has the biggest versions first and no control characters`() throws {
        let line = StatisticsLine.plain(try statistics(["old\u{1B}": 1, "new": 3]), facts("new", ["old": 1, "new": 3]), time: "T")
        #expect(line == "T Rolling out (new): 4 tabs, 1 old; new 3 (75.0 %), old 1 (25.0 %)")
        let text = #"{"total":104,"seq":1,"versions":{"new":3,"old":1,"preview-7":100},"routes":{},"previews":["preview-*"]}"#
        let parsed = JSONValue(Array(text.utf8).span)
        let message = try #require(parsed)
        let previewed = try #require(LiveStatistics(message))
        #expect(
            StatisticsLine.plain(previewed, facts("new", ["old": 1, "new": 3]), time: "T").hasSuffix(
                "; preview-7 100 (preview), new 3 (75.0 %), old 1 (25.0 %)"))
        let many = Dictionary(uniqueKeysWithValues: (0..<13).map { ("v\($0)", 1) })
        #expect(StatisticsLine.plain(try statistics(many), facts(nil, many), time: "T").hasSuffix("and 3 more"))
    }
}

@Suite struct RolloutLogTests {
    @Test func `the server's record, the own samples and a release that is announced are one course`() throws {
        var log = RolloutLog()
        log.tell("2.0", at: 0)
        log.note(["1.9": 5, "2.0": 5], at: 1_000_000)
        let record =
            #"{"hour":{"step":10000,"start":900000,"versions":{"1.9":[9,null,8],"2.0":[1,null,2]}},"releases":[{"version":"2.0","at":890000}]}"#
        let parsed = JSONValue(Array(record.utf8).span)
        let value = try #require(parsed)
        log.take(value)
        let facts = log.facts(at: 1_001_000, isLive: true, versions: ["1.9": 4, "2.0": 6])
        #expect(facts.state == .rollingOut && facts.old == 4 && facts.announced == 890_000)
        #expect(log.oldTabs(facts, columns: 10) == [9, 8, 5])
        #expect(log.oldTabs(facts, columns: 2) == [9, 5])
        log.tell("2.1", at: 1_002_000)
        #expect(log.facts(at: 1_003_000, isLive: true, versions: ["2.0": 10]).former == "2.0")
    }

    @Test func `what is no record is passed over`() {
        var log = RolloutLog()
        for text in ["{}", "[]", #"{"hour":{"step":0,"start":1,"versions":{"a":[1]}},"releases":7}"#] {
            guard let value = JSONValue(Array(text.utf8).span) else { continue }
            log.take(value)
        }
        #expect(log.facts(at: 0, isLive: true, versions: [:]).state == .nobodyHere)
    }
}

@Suite struct LineFilterTests {
    private func facts(_ state: RolloutState, _ release: String = "a") -> RolloutFacts {
        var facts = RolloutFacts(now: 0, release: release)
        facts.state = state
        return facts
    }

    @Test func `it takes one line in a time, or only those where something happened`() {
        var every = LineFilter(every: .seconds(10))
        #expect([0, 4, 9, 10, 19, 20].map { every.takes(facts(.done), at: .seconds($0)) } == [true, false, false, true, false, true])
        var changes = LineFilter(onlyChanges: true)
        let taken = [(RolloutState.done, "a"), (.done, "a"), (.rollingOut, "b"), (.rollingOut, "b"), (.stalled, "b"), (.stalled, "c")]
        #expect(taken.map { changes.takes(facts($0.0, $0.1), at: .zero) } == [true, false, true, false, true, true])
        var all = LineFilter()
        #expect((0..<3).allSatisfy { _ in all.takes(facts(.done), at: .zero) })
    }
}
