import Foundation
import Presence
import SkewProtocol
import Testing

struct HistoryReportTests {
    private func report(_ samples: [(Int64, [String: Int])], releases: [HistoryReport.Release] = []) -> HistoryReport {
        HistoryReport(
            release: "b", now: 100_000, from: 0, to: 60_000, step: 10_000, samples: samples.map { .init(at: $0.0, versions: $0.1) },
            releases: releases)
    }

    @Test func `each version has a number a step, and null where nobody looked`() throws {
        let read = try object(report([(0, ["a": 3]), (25_000, ["a": 1, "b": 2])]).encoded)
        let versions = try #require(read["versions"] as? [String: [Any]])
        #expect(versions["a"]?.map { $0 as? Int } == [3, nil, 1, nil, nil, nil, nil])
        #expect(versions["b"]?.map { $0 as? Int } == [0, nil, 2, nil, nil, nil, nil])
        #expect(read["step"] as? Int == 10_000 && read["start"] as? Int == 0 && read["release"] as? String == "b")
    }

    @Test func `milestones are counted from the most old tabs on`() {
        let old = [(10, 10), (20, 5), (30, 2), (40, 1), (50, 0)]
        let report = report(
            old.map { (Int64($0.0) * 1000, ["a": $0.1, "b": 10 - $0.1]) }, releases: [.init(at: 10_000, version: "b", by: "admin", told: 9)]
        )
        #expect(report.milestones.map(\.percent) == [50, 90, 99, 100])
        #expect(report.milestones.map(\.at) == [20_000, 40_000, 50_000, 50_000])
        #expect(report.drops.isEmpty)
    }

    @Test func `acts are in a list of their own`() throws {
        var report = report([], releases: [.init(at: 10_000, version: "b", target: "10 % of a")])
        #expect(try #require(try object(report.encoded)["acts"] as? [Any]).isEmpty)
        report.acts = [Act(.stopped, number: 3, at: 20_000, version: "b", by: "ann", told: 40, matching: 200)]
        let read = try object(report.encoded)
        let acts = try #require(read["acts"] as? [[String: Any]])
        #expect(acts.count == 1 && acts[0]["kind"] as? String == "stopped" && acts[0]["matching"] as? Int == 200)
        #expect((read["releases"] as? [[String: Any]])?.first?["target"] as? String == "10 % of a")
    }

    @Test func `a drop is what goes at once`() {
        let drops = report([(0, ["a": 20]), (10_000, ["a": 12]), (20_000, ["a": 11])]).drops
        #expect(drops.map { [Int($0.at), $0.from, $0.lost] } == [[10_000, 20, 8]])
    }

    @Test func `a table has a line for each version, and no cell is a formula`() {
        let text = String(decoding: report([(1_000, ["=1+1": 1, "a,b\"c": 2])]).csv, as: UTF8.self)
        #expect(
            text == "time,version,tabs\r\n1970-01-01T00:00:01Z,'=1+1,1\r\n1970-01-01T00:00:01Z,\"a,b\"\"c\",2\r\n")
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-29T14:00:05Z", 1_795_960_805_000), ("2024-02-29T23:59:59Z", 1_709_251_199_000),
            ("1969-12-31T23:59:58Z", -2000), ("2000-03-01T00:00:00Z", 951_868_800_000),
        ] as [(String, Int64)])
    func `a moment is written as it is read`(text: String, moment: Int64) {
        #expect(WireTime.text(moment) == text && WireTime.read(text, now: 0) == moment)
    }

    @Test func `moments come in several forms`() {
        #expect(WireTime.read("2026-11-29T15:00:05.25+01:00", now: 0) == 1_795_960_805_000)
        #expect(WireTime.read("1795960805", now: 0) == 1_795_960_805_000)
        #expect(WireTime.read("-60", now: 100_000) == 40_000)
        for text in ["", "now", "+5", "2026-13-01T00:00:00Z", "2026-11-29", "2026-11-29T14:00:05"] {
            #expect(WireTime.read(text, now: 0) == nil)
        }
    }
}
