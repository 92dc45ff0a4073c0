import TestRandom
import Testing

@testable import SkewCluster

/// One node's counts on their way to another.
@Suite struct StreamTests {
    private func synced(_ own: inout OwnStream) -> PeerStream {
        _ = own.takeDelta(at: .zero)
        var copy = PeerStream(maxNames: 10)
        _ = copy.apply(own.snapshot())
        return copy
    }

    private func delta(of own: inout OwnStream, at now: Duration = .zero) throws -> SectionDelta {
        let delta = own.takeDelta(at: now)
        return try #require(delta)
    }

    @Test func `a delta has absolute counts, and a name only at its first mention`() throws {
        var own = OwnStream(.summary)
        own.set("a", to: 2, arrivals: 2, at: .seconds(1))
        let first = try delta(of: &own, at: .seconds(3))
        #expect(first.sequence == 1 && first.age == .seconds(2))
        #expect(first.entries == [SectionEntry(id: 1, name: "a", count: 2, opens: 2)])
        own.set("a", to: 1, at: .seconds(4))
        let second = try delta(of: &own, at: .seconds(4))
        #expect(second.sequence == 2 && second.entries == [SectionEntry(id: 1, name: nil, count: 1, opens: 2)])
        let nothing = own.takeDelta(at: .seconds(5))
        #expect(nothing == nil)
    }

    @Test func `what came and went between two deltas is told only where arrivals count`() {
        var (summary, routes) = (OwnStream(.summary), OwnStream(.routes))
        summary.set("a", to: 1, arrivals: 1, at: .zero)
        summary.set("a", to: 0, at: .zero)
        routes.set("/", to: 1, at: .zero)
        routes.set("/", to: 0, at: .zero)
        let (told, untold) = (summary.takeDelta(at: .zero), routes.takeDelta(at: .zero))
        #expect(told?.entries == [SectionEntry(id: 1, name: "a", count: 0, opens: 1)] && untold == nil)
    }

    @Test func `a name that nobody runs for a while is forgotten on both sides`() throws {
        var own = OwnStream(.summary)
        own.set("a", to: 1, arrivals: 1, at: .zero)
        var copy = synced(&own)
        own.set("a", to: 0, at: .seconds(1))
        _ = copy.apply(try delta(of: &own, at: .seconds(1)))
        own.forgetNames(goneSince: .milliseconds(500))
        let early = own.takeDelta(at: .seconds(2))
        #expect(early == nil, "it was there half a second ago")
        own.forgetNames(goneSince: .seconds(60))
        _ = copy.apply(try delta(of: &own, at: .seconds(62)))
        let isRight = copy.check(own.mark)
        #expect(own.hasToldNothing && isRight)
        own.set("a", to: 1, arrivals: 1, at: .seconds(63))
        let outcome = copy.apply(try delta(of: &own, at: .seconds(63)))
        #expect(outcome == .changed(["a": 1], arrivals: ["a": 1]))
    }

    @Test func `a missed delta is a gap: the old counts stay until the owner has answered`() throws {
        var own = OwnStream(.summary)
        own.set("a", to: 5, arrivals: 5, at: .zero)
        var copy = synced(&own)
        own.set("a", to: 6, arrivals: 1, at: .zero)
        _ = own.takeDelta(at: .zero)
        own.set("b", to: 1, arrivals: 1, at: .zero)
        let missed = copy.apply(try delta(of: &own))
        let isRight = copy.check(own.mark)
        #expect(missed == .gap && copy.counts == ["a": 5] && !copy.isSynced && !isRight)
        let mended = copy.apply(own.snapshot())
        let isRightNow = copy.check(own.mark)
        #expect(mended == .changed(["a": 6, "b": 1], arrivals: ["a": 1, "b": 1]) && isRightNow)
    }

    @Test func `an old delta and an old snapshot change nothing`() throws {
        var own = OwnStream(.summary)
        own.set("a", to: 1, at: .zero)
        let first = try delta(of: &own)
        let old = own.snapshot()
        own.set("a", to: 2, at: .zero)
        var copy = synced(&own)
        let outcomes = [copy.apply(first), copy.apply(old)]
        #expect(outcomes == [.old, .old] && copy.counts == ["a": 2])
    }

    @Test func `a copy that was put aside is right again when number and digest say so`() {
        var own = OwnStream(.summary)
        own.set("a", to: 1, at: .zero)
        var copy = synced(&own)
        copy.putAside()
        #expect(!copy.isSynced)
        let isRight = copy.check(own.mark)
        #expect(isRight && copy.isSynced)
        var mark = own.mark
        mark.digest &+= 1
        let isWrong = !copy.check(mark)
        #expect(isWrong && !copy.isSynced)
    }

    @Test func `nobody is made to remember more names than a node may have`() throws {
        var own = OwnStream(.routes)
        for number in 0..<11 { own.set("\(number)", to: 1, at: .zero) }
        var copy = PeerStream(maxNames: 10)
        copy.beginEmpty(at: 0)
        let outcomes = [copy.apply(try delta(of: &own)), copy.apply(own.snapshot())]
        #expect(outcomes == [.tooMany, .tooMany] && copy.counts == [:])
    }

    @Test(arguments: Seeds.some(40)) func `over a bus that loses and reorders, a copy that is synced is its owner's`(seed: UInt64) throws {
        var random = Seeded(seed)
        var own = OwnStream(.summary)
        var copy = PeerStream(maxNames: 100)
        var late: [SectionDelta] = []
        var arrivals: [String: Int] = [:]
        var told: [String: Int] = [:]
        copy.beginEmpty(at: 0)
        for _ in 0..<300 {
            let name = "v\(Int.random(in: 0..<8, using: &random))"
            let came = Int.random(in: 0...2, using: &random)
            own.set(name, to: Int.random(in: 0...5, using: &random), arrivals: came, at: .zero)
            arrivals[name, default: 0] += came
            guard let delta = own.takeDelta(at: .zero) else { continue }
            let luck = Int.random(in: 0..<10, using: &random)
            if luck == 0 { late.append(delta) }
            var outcomes = luck < 2 ? [] : [copy.apply(delta)]
            if luck == 9, let old = late.popLast() { outcomes.append(copy.apply(old)) }
            if Int.random(in: 0..<5, using: &random) == 0, !copy.check(own.mark) { outcomes.append(copy.apply(own.snapshot())) }
            for case .changed(_, let came) in outcomes { told.merge(came, uniquingKeysWith: +) }
            let isRight = copy.isSynced && copy.check(own.mark)
            if isRight {
                #expect(copy.counts == own.counts, "seed \(seed)")
                #expect(told == arrivals.filter { $0.value > 0 }, "seed \(seed)")
            }
        }
        _ = copy.apply(own.snapshot())
        let isRight = copy.check(own.mark)
        #expect(copy.counts == own.counts && isRight, "seed \(seed)")
    }
}
