import TestRandom
import Testing

@testable import SkewWatch

@Suite struct ReturnTimeTests {
    @Test(arguments: Seeds.some(1)) func `a few tabs come back within a second, however few they are`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for open in [0, 1, 50, 1000] {
            let times = (0..<500).map { _ in ReturnTime(open: open, using: &random).milliseconds }
            #expect(times.allSatisfy { (1...1000).contains($0) })
        }
    }

    @Test(arguments: Seeds.some(1)) func `of ten thousand tabs about a thousand come back in each of ten seconds`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var seconds = Array(repeating: 0, count: 10)
        for _ in 0..<10_000 { seconds[(ReturnTime(open: 10_000, using: &random).milliseconds - 1) / 1000] += 1 }
        // A deviation of 200 has odds of less than one in a thousand million.
        #expect(seconds.allSatisfy { (800...1200).contains($0) }, "\(seconds)")
    }

    @Test(arguments: Seeds.some(1)) func `nobody stays away for longer than a minute`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let times = (0..<10_000).map { _ in ReturnTime(open: 1_000_000, using: &random).milliseconds }
        #expect(times.allSatisfy { (1...60_000).contains($0) } && times.contains { $0 > 50_000 })
    }
}
