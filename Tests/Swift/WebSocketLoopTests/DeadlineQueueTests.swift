import Testing

@testable import WebSocketLoop

@Suite struct DeadlineQueueTests {
    @Test func `what was set first is due first`() {
        var queue = DeadlineQueue()
        for (place, tick) in [(3, 5), (0, 5), (900, 6)] as [(Int, UInt32)] { queue.append(place, due: tick) }
        #expect(queue.popDue(at: 4) == nil)
        #expect(queue.popDue(at: 5) == 3)
        #expect(queue.popDue(at: 5) == 0)
        #expect(queue.popDue(at: 5) == nil)
        #expect(queue.popDue(at: 100) == 900)
        #expect(queue.popDue(at: 100) == nil)
    }

    @Test func `a removed deadline never comes due, and removing it again does nothing`() {
        var queue = DeadlineQueue()
        queue.append(7, due: 1)
        queue.remove(7)
        queue.remove(7)
        queue.remove(1_000_000)
        #expect(!queue.contains(7))
        #expect(queue.popDue(at: .max) == nil)
    }

    @Test(arguments: 1...20) func `a random history agrees with a plain list`(seed: UInt64) {
        var random = Random(seed: seed)
        var queue = DeadlineQueue()
        var list: [(place: Int, due: UInt32)] = []
        var now: UInt32 = 1
        for _ in 0..<2000 {
            let place = Int.random(in: 0..<50, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                if !list.contains(where: { $0.place == place }) {
                    queue.append(place, due: now + 10)
                    list.append((place, now + 10))
                }
            case 2:
                queue.remove(place)
                list.removeAll { $0.place == place }
            default:
                now += UInt32.random(in: 0...3, using: &random)
                while let first = list.first, first.due <= now {
                    #expect(queue.popDue(at: now) == first.place)
                    list.removeFirst()
                }
                #expect(queue.popDue(at: now) == nil)
            }
            #expect(queue.contains(place) == list.contains { $0.place == place })
        }
    }

    @Test func `a deadline before the newest one traps`() async {
        await #expect(processExitsWith: .failure) {
            var queue = DeadlineQueue()
            queue.append(0, due: 5)
            queue.append(1, due: 4)
        }
    }

    @Test func `a second deadline for the same place traps`() async {
        await #expect(processExitsWith: .failure) {
            var queue = DeadlineQueue()
            queue.append(0, due: 5)
            queue.append(0, due: 6)
        }
    }
}
