import TestRandom
import Testing

@testable import SkewWatch

struct FairLineTests {
    private typealias Line = FairLine<String, Int>

    private func line(served: Int = 100, perKey: Int = 100, kept: Int = 0, waiting: Int = 1024) -> Line {
        Line(limits: .init(waiting: waiting, served: served, servedPerKey: perKey, keptForRenewals: kept))
    }

    private func isFull(_ outcome: Line.Outcome) -> Bool { if case .full = outcome { true } else { false } }

    private func next(_ line: inout Line) -> Int? { line.next()?.element }

    private func all(_ line: inout Line) -> [Int] {
        var served: [Int] = []
        while let next = line.next() {
            served.append(next.element)
            line.finish(next.rank, key: next.key)
        }
        return served
    }

    @Test func `lines are served in turn, so that a crowd on one address costs another one place`() {
        var line = line()
        for number in 0..<8 { _ = line.add(number, .first, key: "crowd") }
        _ = line.add(100, .first, key: "other")
        _ = line.add(101, .first, key: "other")
        let served = all(&line)
        #expect(served == [0, 100, 1, 101, 2, 3, 4, 5, 6, 7])
        #expect(line.waiting == 0)
    }

    @Test func `renewals go first`() {
        var line = line()
        for number in 0..<5 { _ = line.add(number, .first, key: "a") }
        _ = line.add(9, .renewal, key: "a")
        let served = all(&line)
        #expect(served == [9, 0, 1, 2, 3, 4])
    }

    @Test func `at most eight of an address wait, and who asks for the first time takes the place of one that asks again`() {
        var line = line()
        for number in 0..<8 { _ = line.add(number, .again, key: "a") }
        let ninth = line.add(8, .again, key: "a")
        #expect(isFull(ninth))
        var replaced: Int?
        if case .replaces(let other) = line.add(50, .first, key: "a") { replaced = other }
        #expect(replaced == 7)
        #expect(line.waiting == 8)
        let served = all(&line)
        #expect(served == [50, 0, 1, 2, 3, 4, 5, 6])
        for number in 0..<8 { _ = line.add(number, .first, key: "a") }
        let tenth = line.add(9, .first, key: "a")
        #expect(isFull(tenth))
    }

    @Test func `no more are served at once than may be, and places are kept for renewals`() {
        var line = line(served: 4, kept: 1)
        for number in 0..<8 { _ = line.add(number, .first, key: "a") }
        var served = (0..<4).map { _ in next(&line) }
        #expect(served == [0, 1, 2, nil])
        _ = line.add(9, .renewal, key: "a")
        served = [next(&line)]
        _ = line.add(10, .renewal, key: "a")
        served.append(next(&line))
        line.finish(.first, key: "a")
        served.append(next(&line))
        #expect(served == [9, nil, 10])
    }

    @Test func `one address is served so many at once, and others go on`() {
        var line = line(perKey: 2)
        for number in 0..<8 { _ = line.add(number, .first, key: "a") }
        var served = (0..<3).map { _ in next(&line) }
        _ = line.add(20, .first, key: "b")
        served.append(next(&line))
        line.finish(.first, key: "a")
        served.append(next(&line))
        #expect(served == [0, 1, nil, 20, 2])
    }

    @Test func `a full house refuses, whatever the address`() {
        var line = line(waiting: 2)
        for number in 0..<2 { _ = line.add(number, .first, key: "\(number)") }
        let third = line.add(2, .first, key: "2")
        #expect(isFull(third))
        _ = line.add(3, .renewal, key: "3")
        let served = next(&line)
        #expect(served == 3)
    }

    @Test(arguments: 0..<20) func `nobody is lost and nobody is served twice, in whatever order things happen`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var line = Line(limits: .init(waiting: 30, served: 5, servedPerKey: 2, keptForRenewals: 1))
        var (waiting, served): (Set<Int>, [(rank: Line.Rank, key: String?)]) = ([], [])
        for number in 0..<5000 {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let rank = Line.Rank.allCases.randomElement(using: &random)!
                switch line.add(number, rank, key: ["a", "b", "c", nil].randomElement(using: &random)!) {
                case .waits: waiting.insert(number)
                case .replaces(let other):
                    let wasWaiting = waiting.remove(other) != nil
                    #expect(wasWaiting, "seed \(seed)")
                    waiting.insert(number)
                case .full: break
                }
            case 1:
                guard let next = line.next() else { continue }
                let wasWaiting = waiting.remove(next.element) != nil
                #expect(wasWaiting, "seed \(seed)")
                served.append((next.rank, next.key))
            default:
                guard let index = served.indices.randomElement(using: &random) else { continue }
                let one = served.remove(at: index)
                line.finish(one.rank, key: one.key)
            }
            #expect(served.count <= 5 && line.waiting == waiting.count, "seed \(seed)")
        }
        for one in served { line.finish(one.rank, key: one.key) }
        while let next = line.next() {
            let wasWaiting = waiting.remove(next.element) != nil
            #expect(wasWaiting, "seed \(seed)")
            line.finish(next.rank, key: next.key)
        }
        #expect(waiting.isEmpty, "seed \(seed)")
    }
}
