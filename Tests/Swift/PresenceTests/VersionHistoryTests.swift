import Presence
import Testing

@Suite struct VersionHistoryTests {
    private var history = VersionHistory(step: 10, capacity: 4)

    @Test mutating func `the last sample in a step counts`() {
        history.record(["a": 1], at: 100)
        history.record(["a": 2], at: 109)
        #expect(history.samples == [["a": 2]] && history.start == 100)
        history.record(["b": 3], at: 110)
        #expect(history.samples == [["a": 2], ["b": 3]] && history.start == 100)
    }

    @Test mutating func `steps without a sample are gaps`() {
        history.record(["a": 1], at: 105)
        history.record(["a": 2], at: 131)
        #expect(history.samples == [["a": 1], nil, nil, ["a": 2]] && history.start == 100)
    }

    @Test mutating func `what is older than the capacity is forgotten`() {
        for step in 0..<10 { history.record(["a": step], at: Int64(step) * 10) }
        #expect(history.samples == [["a": 6], ["a": 7], ["a": 8], ["a": 9]] && history.start == 60)
        history.record(["a": 12], at: 120)
        #expect(history.samples == [["a": 9], nil, nil, ["a": 12]] && history.start == 90)
    }

    @Test(arguments: [40, 41, 1_000_000_000_000]) mutating func `a gap as long as the history leaves the new sample alone`(later: Int64) {
        history.record(["a": 1], at: 5)
        history.record(["a": 2], at: 5 + later)
        #expect(history.samples == [["a": 2]] && history.start == (5 + later) / 10 * 10)
    }

    @Test mutating func `a clock that is set back changes nothing until it has caught up`() {
        history.record(["a": 1], at: 100)
        history.record(["a": 2], at: 120)
        let before = history
        for time: Int64 in [119, 100, 0] { history.record(["x": 9], at: time) }
        #expect(history == before)
        history.record(["a": 3], at: 130)
        #expect(history.samples == [["a": 1], nil, ["a": 2], ["a": 3]])
    }

    @Test func `it starts empty`() {
        #expect(history.samples.isEmpty)
    }
}
