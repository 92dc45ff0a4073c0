import Testing

@testable import SkewWatchLoad

@Suite struct ReloadPlanTests {
    private static let second: Int64 = 1_000_000_000

    @Test func `a tab reloads when its time has come, half of them within the half-life, and stragglers never`() {
        var plan = ReloadPlan(release: "b", halfLife: 10 * Self.second, stragglers: 0.2)
        // Chances spread evenly, as those of a thousand tabs.
        for slot in 0..<1000 { plan.tell(slot, runs: "a", at: 0, chance: Double(slot) / 1000) }
        #expect(plan.heard == 1000 && plan.takeDue(at: 0, limit: 10) == [200])
        let early = plan.takeDue(at: 10 * Self.second, limit: 10_000).count
        #expect((398...402).contains(early + 1))
        #expect(plan.staying == Array(0..<200))
        #expect(plan.takeDue(at: 1000 * Self.second, limit: 10_000).count + early + 1 == 800 && !plan.isWaiting)
    }

    @Test func `who hears again, or runs it already, is noticed`() {
        var plan = ReloadPlan(release: "b", halfLife: 1, stragglers: 1)
        plan.tell(1, runs: "a", at: 0, chance: 0)
        plan.tell(1, runs: "a", at: 1, chance: 0)
        plan.tell(2, runs: "b", at: 2, chance: 0)
        #expect(plan.heard == 2 && plan.repeats == 1 && plan.needless == 1)
    }

    @Test func `who comes back after its server was killed hears of the release once, and of no older one`() {
        var plan = ReloadPlan(release: "b", halfLife: 1, stragglers: 0)
        plan.tell(1, runs: "a", at: 0, chance: 0)
        plan.greet(1, with: "b", runs: "a", at: 1, chance: 0)
        plan.greet(2, with: "b", runs: "a", at: 1, chance: 0)
        plan.greet(3, with: "b", runs: "b", at: 1, chance: 0)
        #expect(plan.heard == 2 && plan.told == 1 && plan.heardOnReturn == 1 && plan.repeats == 0 && plan.misled == 0)
        #expect(plan.takeDue(at: 10, limit: 10).sorted() == [1, 2])
        // A page that could not be loaded is tried again.
        plan.postpone(1, until: 20)
        #expect(plan.takeDue(at: 19, limit: 10).isEmpty && plan.takeDue(at: 20, limit: 10) == [1])
        plan.greet(4, with: "a", runs: "a", at: 2, chance: 0)
        #expect(plan.misled == 1 && plan.heard == 2)
    }

    @Test func `a metric with one label is read by its value`() {
        let text =
            "# HELP a b\nskewwatch_rollout_tabs{state=\"old\"} 12\nskewwatch_rollout_tabs{state=\"current\"} 3\nother{state=\"old\"} 1\n"
        #expect(Surfaces.samples(of: "skewwatch_rollout_tabs{state=\"", in: text) == ["old": 12, "current": 3])
    }

    @Test func `the pace is that between the first and the last`() throws {
        var plan = ReloadPlan(release: "b", halfLife: 1, stragglers: 1)
        #expect(plan.rate == nil)
        for slot in 0...1500 { plan.tell(slot, runs: "a", at: Int64(slot) * 2_000_000, chance: 0) }
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
