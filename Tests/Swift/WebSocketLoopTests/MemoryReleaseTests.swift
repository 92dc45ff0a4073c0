import Testing

@testable import WebSocketLoop

@Suite struct MemoryReleaseTests {
    @Test func `memory goes back once, when a storm is over and some seconds were quiet`() {
        var rule = MemoryRelease()
        var due: [Int] = []
        let course = [0, 5000, 10_000, 9000, 4000] + [Int](repeating: 100, count: 20) + [3000, 100] + [Int](repeating: 105, count: 10)
        for (second, open) in course.enumerated() where rule.isDue(open: open) { due.append(second) }
        #expect(due == [10, 31])
    }

    @Test func `who has few connections, or keeps them, is left alone`() {
        var rule = MemoryRelease()
        for open in [0, 900, 0, 0, 0, 0, 0, 0, 0, 0, 10_000] + [Int](repeating: 9500, count: 20) {
            let isDue = rule.isDue(open: open)
            #expect(!isDue, "\(open)")
        }
    }
}
