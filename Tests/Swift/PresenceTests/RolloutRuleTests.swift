import Presence
import TestRandom
import Testing

struct RolloutRuleTests {
    private func view(_ versions: [String: Int], release: String? = "new", age: Duration = .seconds(1000)) -> RolloutView {
        RolloutView(total: versions.values.reduce(0, +), versions: versions, release: release, age: age)
    }

    private func rule(_ text: String = "old<=0", holdFor: Duration = .seconds(60), timeout: Duration = .seconds(600)) throws -> RolloutRule
    {
        RolloutRule(try #require(RolloutCondition(text)), holdFor: holdFor, timeout: timeout, start: .zero)
    }

    @Test(arguments: [
        "old<=0", "old<=5", "old<=1%", "old<=0.5%", "version:build-41<=0", "current>=99%", "current>=99.95%", "version:a<=b<=3", "old>=7",
    ])
    func `a condition is written as it is read`(text: String) throws { #expect(try #require(RolloutCondition(text)).description == text) }

    @Test(arguments: [
        "", "old", "old<=", "<=0", "old<0", "old==0", "new<=0", "version:<=0", "old<=-1", "old<=1.5", "old<=101%", "old<=%", "old<=1.%",
        "old<=1.234%", "old<=99999999999", "old <= 0", "current>=٣",
    ])
    func `what is no condition is none`(text: String) { #expect(RolloutCondition(text) == nil) }

    @Test(arguments: [
        ("old<=0", ["new": 5], true), ("old<=0", ["new": 5, "a": 1], false), ("old<=0", [:], true), ("old<=1", ["a": 1], true),
        ("old<=1%", ["new": 99, "a": 1], true), ("old<=1%", ["new": 98, "a": 1], false), ("current>=99%", ["new": 99, "a": 1], true),
        ("current>=99%", ["new": 98, "a": 1], false), ("version:a<=0", ["b": 3], true), ("version:a<=0", ["a": 1], false),
        ("current>=2", ["new": 2], true),
    ])
    func `numbers decide`(text: String, versions: [String: Int], holds: Bool) throws {
        #expect(try #require(RolloutCondition(text)).holds(in: view(versions)) == holds)
    }

    @Test func `it is reached when it has held without a break`() throws {
        var rule = try rule()
        #expect(rule.look(view(["new": 3]), at: .seconds(10)) == .wait(until: .seconds(70)))
        #expect(rule.look(view(["new": 3, "a": 1]), at: .seconds(69)) == .wait(until: .seconds(600)))
        #expect(rule.look(view(["new": 3]), at: .seconds(80)) == .wait(until: .seconds(140)))
        #expect(rule.look(view(["new": 4]), at: .milliseconds(139_999)) == .wait(until: .seconds(140)))
        #expect(rule.look(view(["new": 4]), at: .seconds(140)) == .reached)
    }

    @Test func `it is given up at its time, and reached at that very time if it held`() throws {
        var rule = try rule(holdFor: .seconds(10), timeout: .seconds(30))
        #expect(rule.look(view(["a": 1]), at: .zero) == .wait(until: .seconds(30)))
        #expect(rule.look(view(["a": 1]), at: .seconds(30)) == .timedOut)
        rule = try self.rule(holdFor: .seconds(30), timeout: .seconds(30))
        #expect(rule.look(view([:]), at: .zero) == .wait(until: .seconds(30)))
        #expect(rule.look(view([:]), at: .seconds(30)) == .reached)
        rule = try self.rule(holdFor: .zero)
        #expect(rule.look(view([:]), at: .zero) == .reached)
    }

    @Test func `previews are neither old nor current, and shares leave them out`() throws {
        let versions = ["new": 98, "old": 2, "preview-7": 300, "preview": 1]
        let view = RolloutView(total: 401, versions: versions, release: "new", previews: ["preview-*"], age: .seconds(100))
        #expect((view.current, view.old, view.preview) == (98, 3, 300))
        for (text, holds) in [("old<=3", true), ("old<=2", false), ("current>=97%", true), ("current>=98%", false), ("old<=3%", true)] {
            #expect(try #require(RolloutCondition(text)).holds(in: view) == holds, "\(text)")
        }
        let own = RolloutView(total: 5, versions: ["preview-7": 5], release: "preview-7", previews: ["preview-*"], age: .seconds(100))
        #expect((own.current, own.old, own.preview) == (5, 0, 0), "a release is no preview")
    }

    /// Each of these shows no old tab.
    static let unknown: [RolloutView?] = [
        nil,
        RolloutView(total: 0, versions: [:], release: "new", age: .seconds(59)),
        RolloutView(total: 2, versions: ["new": 2], release: "new", partial: ["link"], age: .seconds(1000)),
        RolloutView(total: 2, versions: ["new": 2], release: "new", returning: 1, age: .seconds(1000)),
        RolloutView(total: 0, versions: [:], release: nil, age: .seconds(1000)),
    ]

    @Test(arguments: unknown) func `unknown is not zero`(unknown: RolloutView?) throws {
        var rule = try rule()
        #expect(rule.look(view(["new": 2]), at: .zero) == .wait(until: .seconds(60)))
        #expect(rule.look(unknown, at: .seconds(30)) == .wait(until: .seconds(600)), "and it breaks what has held")
        #expect(rule.look(view(["new": 2]), at: .seconds(60)) == .wait(until: .seconds(120)))
    }

    @Test func `a version without a name may be the one`() throws {
        var rule = try rule("version:a<=0")
        #expect(rule.look(view(["new": 2, "(other)": 1]), at: .seconds(100)) == .wait(until: .seconds(600)))
        #expect(rule.doubts(view(["(other)": 1])) == [.other(1)])
    }

    @Test(arguments: Seeds.some(4)) func `it is reached only where every look for so long held`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var rule = try rule("old<=0", holdFor: .seconds(Int.random(in: 0...20, using: &random)), timeout: .seconds(200))
            var looks: [(at: Duration, held: Bool)] = []
            var (now, verdict) = (Duration.zero, RolloutRule.Verdict.wait(until: .zero))
            while case .wait = verdict {
                now += .seconds(Int.random(in: 1...6, using: &random))
                let held = Int.random(in: 0..<4, using: &random) > 0
                looks.append((now, held))
                verdict = rule.look(held ? view(["new": 1]) : [view(["a": 1]), nil].randomElement(using: &random)!, at: now)
            }
            let run = looks.reversed().prefix { $0.held }
            let holds = run.last.map { now - $0.at >= rule.holdFor } ?? false
            #expect(verdict == (holds ? .reached : .timedOut), "seed \(seed)")
            #expect(holds || now >= .seconds(200), "seed \(seed)")
        }
    }

    @Test func `a version is remembered with its first and last time and its peak`() {
        var records = VersionRecords()
        records.note(["a": 3, "(other)": 9, "gone": 0], at: 100)
        records.note(["a": 7, "b": 1], at: 200)
        records.note(["a": 2], at: 300)
        #expect(
            records.records == [
                "a": .init(firstSeen: 100, lastSeen: 300, peak: 7), "b": .init(firstSeen: 200, lastSeen: 200, peak: 1),
            ])
        for number in 0..<2000 { records.note(["v\(number)": 1], at: 1000 + Int64(number)) }
        #expect(records.records.count == VersionRecords.capacity && records.records["a"] == nil && records.records["v1999"] != nil)
    }
}
