import Foundation
import Presence
import SkewProtocol
import Testing

struct RolloutReportTests {
    private func report(_ versions: [String: Int], release: String? = "b", age: Duration = .seconds(9)) -> RolloutReport {
        RolloutReport(
            view: RolloutView(total: versions.values.reduce(0, +), versions: versions, release: release, age: age), timestamp: 1000)
    }

    @Test func `the answer has what the contract names, the release first`() throws {
        var report = report(["a": 117, "b": 186, "c": 5])
        report.records.note(["a": 300, "b": 190, "x": 4], at: 500)
        report.announcedAt = 400
        report.routes = ["a": ["/": 80, "/checkout": 37]]
        report.lastOld = .init(estimate: 3, low: 2, high: 4)
        let text = String(decoding: report.encoded, as: UTF8.self)
        #expect(
            text == #"{"release":{"version":"b","announcedAt":400},"total":308,"current":186,"old":122,"percent":60.4,"versions":["#
                + #"{"version":"b","tabs":186,"firstSeen":500,"lastSeen":500,"peak":190},"#
                + #"{"version":"a","tabs":117,"firstSeen":500,"lastSeen":500,"peak":300,"routes":{"/":80,"/checkout":37}},"#
                + #"{"version":"c","tabs":5,"firstSeen":null,"lastSeen":null,"peak":5},"#
                + #"{"version":"x","tabs":0,"firstSeen":500,"lastSeen":500,"peak":4}],"#
                + #""lastOld":{"estimate":3,"low":2,"high":4},"timestamp":1000}"#)
    }

    @Test func `previews are told apart, and the share leaves them out`() throws {
        let view = RolloutView(total: 10, versions: ["a": 1, "b": 3, "p": 6], release: "b", previews: ["p*"], age: .seconds(9))
        let read = try object(RolloutReport(view: view, timestamp: 1).encoded)
        #expect(read["old"] as? Int == 1 && read["preview"] as? Int == 6 && read["percent"] as? Double == 75)
        #expect(try object(report(["a": 1, "b": 1]).encoded)["preview"] == nil)
    }

    @Test func `without a release nobody is current and nobody is old, and it says why`() throws {
        let read = try object(report(["a": 2], release: nil).encoded)
        #expect(read["current"] is NSNull && read["old"] is NSNull && read["release"] is NSNull)
        #expect((read["reason"] as? String)?.isEmpty == false)
    }

    @Test func `nearly all is not all`() throws {
        #expect(try object(report(["a": 1, "b": 99_999]).encoded)["percent"] as? Double == 99.9)
        #expect(try object(report(["b": 3]).encoded)["percent"] as? Double == 100)
        #expect(try object(report([:]).encoded)["percent"] is NSNull)
    }

    @Test func `what makes it doubtful is told`() throws {
        var report = report(["b": 2])
        report.cluster = ClusterReport(up: 2, joining: 0, leaving: 0, lost: 1, partial: ["link", "silent"], returning: 3)
        report.reached = false
        let read = try object(report.encoded)
        #expect(read["partial"] as? [String] == ["link", "silent"] && read["returning"] as? Int == 3 && read["reached"] as? Bool == false)
    }

    @Test func `fifty routes have a name, the rest is other`() {
        let parts = Dictionary(uniqueKeysWithValues: (1...60).map { ("/\($0)", $0) })
        let largest = RolloutReport.largest(parts)
        #expect(largest.count == 51 && largest["(other)"] == (1...10).reduce(0, +) && largest["/11"] == 11 && largest["/10"] == nil)
    }
}
