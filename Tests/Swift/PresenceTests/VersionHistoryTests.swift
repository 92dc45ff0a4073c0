import Presence
import TestRandom
import Testing

@Suite struct VersionHistoryTests {
    private var history = VersionHistory(step: .seconds(10), capacity: 4)

    /// When the oldest step began, for who looks at `seconds` while the wall clock says the same.
    private func start(_ seconds: Int64) -> Int64 {
        history.start(now: .seconds(seconds), wallClockMilliseconds: seconds * 1000) / 1000
    }

    @Test mutating func `the last sample in a step counts`() {
        history.record(["a": 1], at: .seconds(100))
        history.record(["a": 2], at: .seconds(110) - .nanoseconds(1))
        #expect(history.samples == [["a": 2]] && start(111) == 100)
        history.record(["b": 3], at: .seconds(110))
        #expect(history.samples == [["a": 2], ["b": 3]] && start(111) == 100)
    }

    @Test mutating func `steps without a sample are gaps`() {
        history.record(["a": 1], at: .seconds(105))
        history.record(["a": 2], at: .seconds(131))
        #expect(history.samples == [["a": 1], nil, nil, ["a": 2]] && start(131) == 100)
    }

    @Test mutating func `what is older than the capacity is forgotten`() {
        for step in 0..<10 { history.record(["a": step], at: .seconds(step * 10)) }
        #expect(history.samples == [["a": 6], ["a": 7], ["a": 8], ["a": 9]] && start(99) == 60)
        history.record(["a": 12], at: .seconds(120))
        #expect(history.samples == [["a": 9], nil, nil, ["a": 12]] && start(120) == 90)
    }

    @Test(arguments: [40, 41, 1_000_000_000_000]) mutating func `a gap as long as the history leaves the new sample alone`(later: Int64) {
        history.record(["a": 1], at: .seconds(5))
        history.record(["a": 2], at: .seconds(5 + later))
        #expect(history.samples == [["a": 2]] && start(5 + later) == (5 + later) / 10 * 10)
    }

    @Test mutating func `a wall clock that jumps moves the time stamps and nothing else`() {
        history.record(["a": 1], at: .seconds(100))
        history.record(["a": 2], at: .seconds(112))
        let before = history
        for jump: Int64 in [0, 3_600_000, -3_600_000, -1_700_000_000_000] {
            #expect(history.start(now: .seconds(125), wallClockMilliseconds: 1_700_000_000_000 + jump) == 1_700_000_000_000 + jump - 25_000)
        }
        #expect(history == before)
    }

    @Test(arguments: Seeds.some(5)) mutating func `however the wall clock jumps, one sample a step is one sample a step`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (now, wall) = (Duration.seconds(1000), Int64(1_700_000_000_000))
        for number in 0..<200 {
            history.record(["a": number], at: now)
            wall += Int64.random(in: -10_000_000...10_000_000, using: &random)
            #expect(history.samples.count == min(number + 1, 4) && history.samples.last == ["a": number], "seed \(seed)")
            #expect(!history.samples.contains(nil), "seed \(seed)")
            let oldest = history.start(now: now, wallClockMilliseconds: wall)
            #expect((1...40_000).contains(wall - oldest + 1), "seed \(seed)")
            now += .seconds(10)
        }
    }

    @Test func `it starts empty`() {
        #expect(history.samples.isEmpty)
    }
}
