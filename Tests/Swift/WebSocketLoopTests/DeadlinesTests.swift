import TestRandom
import Testing

@testable import WebSocketLoop

@Suite struct DeadlinesTests {
    /// The index and the tick of what is due; nothing where nothing is.
    private func take(_ kind: Deadlines.Kind, from deadlines: inout Deadlines, at tick: UInt32) -> [Int] {
        deadlines.takeDue(kind, at: tick).map { [$0.index, Int($0.due)] } ?? []
    }

    @Test func `what was set first is due first, in each kind by itself`() {
        var deadlines = Deadlines()
        for (index, tick) in [(3, 5), (0, 5), (900, 6)] as [(Int, UInt32)] { deadlines.set(.ping, index, due: tick) }
        deadlines.set(.handshake, 7, due: 1)
        #expect(deadlines.takeDue(.ping, at: 4) == nil)
        #expect(take(.ping, from: &deadlines, at: 5) == [3, 5])
        #expect(take(.ping, from: &deadlines, at: 5) == [0, 5])
        #expect(deadlines.takeDue(.ping, at: 5) == nil)
        #expect(take(.ping, from: &deadlines, at: 100) == [900, 6])
        #expect(deadlines.takeDue(.ping, at: 100) == nil)
        #expect(take(.handshake, from: &deadlines, at: 100) == [7, 1])
    }

    @Test func `a forgotten deadline never comes due, and forgetting it again does nothing`() {
        var deadlines = Deadlines()
        deadlines.set(.pong, 7, due: 1)
        for index in [7, 7, 1_000_000] { deadlines.forget(index) }
        #expect(deadlines.kind(of: 7) == nil)
        #expect(Deadlines.Kind.allCases.allSatisfy { deadlines.takeDue($0, at: .max) == nil })
    }

    @Test func `a connection has one deadline: the one set last, of whichever kind`() {
        var deadlines = Deadlines()
        deadlines.set(.ping, 4, due: 10)
        deadlines.set(.pong, 4, due: 3)
        #expect(deadlines.kind(of: 4) == .pong)
        #expect(deadlines.takeDue(.ping, at: 100) == nil)
        #expect(take(.pong, from: &deadlines, at: 3) == [4, 3])
    }

    @Test(arguments: Seeds.some(20)) func `a random history agrees with plain lists`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var deadlines = Deadlines()
        var list: [(kind: Deadlines.Kind, index: Int, due: UInt32)] = []
        var now: UInt32 = 1
        for _ in 0..<2000 {
            let index = Int.random(in: 0..<50, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let kind = Deadlines.Kind.allCases.randomElement(using: &random)!
                deadlines.set(kind, index, due: now + 10 + UInt32(kind.rawValue))
                list.removeAll { $0.index == index }
                list.append((kind, index, now + 10 + UInt32(kind.rawValue)))
            case 2:
                deadlines.forget(index)
                list.removeAll { $0.index == index }
            default:
                now += UInt32.random(in: 0...3, using: &random)
                for kind in Deadlines.Kind.allCases {
                    while let first = list.firstIndex(where: { $0.kind == kind }), list[first].due <= now {
                        let expected = list.remove(at: first)
                        let taken = deadlines.takeDue(kind, at: now)
                        #expect(taken?.index == expected.index && taken?.due == expected.due)
                    }
                    #expect(deadlines.takeDue(kind, at: now) == nil)
                }
            }
            #expect(deadlines.kind(of: index) == list.first { $0.index == index }?.kind)
        }
    }

    @Test func `a deadline before the newest one of its kind traps`() async {
        await #expect(processExitsWith: .failure) {
            var deadlines = Deadlines()
            deadlines.set(.ping, 0, due: 5)
            deadlines.set(.ping, 1, due: 4)
        }
    }
}
