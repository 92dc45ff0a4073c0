import Testing

@testable import SkewWatchLoad

@Suite struct ReloadPlanTests {
    private static let second: Int64 = 1_000_000_000
    private func id(_ slot: Int) -> ConnectionID { ConnectionID(slot: slot, use: 1) }

    @Test func `a tab reloads when its time has come, half of them within the half-life, and stragglers never`() {
        var plan = ReloadPlan(release: "b", halfLife: 10 * Self.second, stragglers: 0.2)
        // Chances spread evenly, as those of a thousand tabs.
        for slot in 0..<1000 { plan.hear(id(slot), runs: "a", at: 0, chance: Double(slot) / 1000) }
        #expect(plan.heard == 1000 && plan.takeDue(at: 0, limit: 10) == [id(200)])
        let early = plan.takeDue(at: 10 * Self.second, limit: 10_000).count
        #expect((398...402).contains(early + 1))
        #expect(plan.takeDue(at: 1000 * Self.second, limit: 10_000).count + early + 1 == 800 && !plan.isWaiting)
    }

    @Test func `who hears again, or runs it already, is noticed`() {
        var plan = ReloadPlan(release: "b", halfLife: 1, stragglers: 1)
        plan.hear(id(1), runs: "a", at: 0, chance: 0)
        plan.hear(id(1), runs: "a", at: 1, chance: 0)
        plan.hear(id(2), runs: "b", at: 2, chance: 0)
        #expect(plan.heard == 2 && plan.repeats == 1 && plan.needless == 1)
    }

    @Test func `the pace is that between the first and the last`() throws {
        var plan = ReloadPlan(release: "b", halfLife: 1, stragglers: 1)
        #expect(plan.rate == nil)
        for slot in 0...1500 { plan.hear(id(slot), runs: "a", at: Int64(slot) * 2_000_000, chance: 0) }
        #expect(abs(try #require(plan.rate) - 500) < 0.001)
        #expect(plan.bySecond == [500, 500, 500, 1])
    }

    @Test func `an answer is taken apart at the blank line`() throws {
        let answer = try #require(PlainRequest.read(Array("HTTP/1.1 202 Accepted\r\nA: b\r\n\r\n{\"a\":1}".utf8)))
        #expect(answer.status == 202 && answer.body == Array("{\"a\":1}".utf8))
        for text in ["", "HTTP/1.1 200 OK\r\n", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 abc X\r\n\r\n"] {
            #expect(PlainRequest.read(Array(text.utf8)) == nil)
        }
    }
}
