import Testing

@testable import SkewWatch

@Suite struct VersionLabelsTests {
    private func labels(after seconds: Int, _ versions: [String: Int], announced: [String] = []) -> [String: Int] {
        var labels = VersionLabels()
        _ = labels.counts(of: versions, announced: announced, at: .zero)
        return labels.counts(of: versions, announced: announced, at: .seconds(seconds))
    }

    @Test func `an announced release is a label from its first tab on, also when the last one has left`() {
        var labels = VersionLabels()
        #expect(labels.counts(of: ["a": 1, "b": 4], announced: ["b", "c"], at: .zero) == ["b": 4, "(other)": 1])
        #expect(labels.counts(of: ["a": 1], announced: ["c", "b"], at: .zero) == ["b": 0, "(other)": 1])
        #expect(labels.counts(of: ["a": 1], announced: ["c"], at: .zero) == ["(other)": 1])
    }

    @Test func `another version needs three tabs for a minute`() {
        #expect(labels(after: 59, ["a": 3]) == ["(other)": 3])
        #expect(labels(after: 60, ["a": 3]) == ["a": 3])
        #expect(labels(after: 60, ["a": 2]) == ["(other)": 2])
    }

    @Test func `the minute begins anew when there were too few`() {
        var labels = VersionLabels()
        for (second, count) in [(0, 3), (30, 2), (45, 3), (90, 3)] {
            #expect(labels.counts(of: ["a": count], announced: [], at: .seconds(second)) == ["(other)": count])
        }
        #expect(labels.counts(of: ["a": 3], announced: [], at: .seconds(105)) == ["a": 3])
    }

    @Test func `no more than twenty others, the largest, equals by name`() {
        var versions: [String: Int] = [:]
        for number in 10..<40 { versions["v\(number)"] = 3 }
        versions["large"] = 4
        let shown = labels(after: 60, versions, announced: ["v39"])
        #expect(shown.keys.sorted() == (["(other)", "large", "v39"] + (10..<29).map { "v\($0)" }).sorted())
        #expect(shown["(other)"] == 30)
    }

    @Test func `a stranger's many releases do not exist, and old announcements are forgotten`() {
        let announced = (0..<100).map { "r\($0)" }
        let shown = labels(after: 0, Dictionary(uniqueKeysWithValues: announced.map { ($0, 1) }), announced: announced)
        #expect(shown.count == 21 && shown["r0"] == 1 && shown["(other)"] == 80)
    }

    @Test func `nothing is lost, and what has no name stays without`() {
        let shown = labels(after: 60, ["a": 5, "b": 2, "(other)": 7], announced: ["c"])
        #expect(shown == ["a": 5, "(other)": 9])
        #expect(labels(after: 60, [:]) == [:])
    }
}
