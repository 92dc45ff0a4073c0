import Testing

@testable import SkewWatch

@Suite(.timeLimit(.minutes(1))) struct TurnsTests {
    /// Does something that takes several awaits, and notes when it began and ended.
    private actor Worker {
        private var turns = Turns()
        private(set) var notes: [String] = []

        func work(_ name: Int, meanwhile: () async -> Void) async {
            if !turns.take() { await withCheckedContinuation { turns.wait($0) } }
            defer { turns.giveBack() }
            notes.append("\(name) begins")
            await meanwhile()
            notes.append("\(name) ends")
        }
    }

    @Test func `one at a time, and all of them`() async {
        let worker = Worker()
        await withDiscardingTaskGroup { group in
            for name in 0..<20 {
                group.addTask { await worker.work(name) { for _ in 0..<10 { await Task.yield() } } }
            }
        }
        let notes = await worker.notes
        #expect(notes.count == 40)
        for index in stride(from: 0, to: notes.count, by: 2) {
            #expect(notes[index].split(separator: " ")[0] == notes[index + 1].split(separator: " ")[0], "\(notes)")
        }
    }

    @Test func `whoever comes when it is free does not wait`() {
        var turns = Turns()
        for _ in 0..<2 {
            #expect(turns.take() && !turns.take())
            turns.giveBack()
        }
    }
}
