import TestRandom
import Testing

@testable import SkewWatch

struct DeadlineHeapTests {
    @Test func `deadlines come in order, each once, and only those that were set last`() {
        var generator = SeededGenerator()
        for _ in 0..<50 {
            var heap = DeadlineHeap()
            var model: [Int: Int] = [:]
            for _ in 0..<200 {
                let (index, due) = (Int.random(in: 0..<40, using: &generator), Int.random(in: 0..<1000, using: &generator))
                switch Int.random(in: 0..<4, using: &generator) {
                case 0:
                    heap.remove(index)
                    model[index] = nil
                case 1:
                    heap.set(index, due: nil)
                    model[index] = nil
                default:
                    heap.set(index, due: .milliseconds(due))
                    model[index] = due
                }
                #expect(heap.count == model.count, "seed \(generator.seed)")
            }
            for now in stride(from: 0, through: 1000, by: 50) {
                var last = -1
                while let index = heap.popDue(at: .milliseconds(now)) {
                    let due = model.removeValue(forKey: index)
                    #expect(due != nil && due! <= now && due! >= last)
                    last = due ?? last
                }
                #expect(model.values.allSatisfy { $0 > now })
            }
            #expect(heap.count == 0)
        }
    }
}
