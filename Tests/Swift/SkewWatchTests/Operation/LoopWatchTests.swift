import Testing

@testable import SkewWatch

@Suite struct LoopWatchTests {
    @Test func `loops that turn are never complained of`() {
        var watch = LoopWatch()
        for beat in 1...100 as ClosedRange<UInt64> { #expect(watch.look(at: [beat, beat * 7]) == .allTurn) }
    }

    @Test func `a silent loop is stalled after ten looks and hung after thirty`() {
        var watch = LoopWatch()
        #expect(watch.look(at: [1, 1]) == .allTurn)
        for look in 1...35 {
            let found = watch.look(at: [UInt64(look + 1), 1])
            switch look {
            case ..<10: #expect(found == .allTurn)
            case ..<30: #expect(found == .stalled(loop: 1, looks: look))
            default: #expect(found == .hung(loop: 1, looks: look))
            }
        }
    }

    @Test func `one that turns again is forgiven at once`() {
        var watch = LoopWatch()
        for _ in 0...29 { _ = watch.look(at: [5]) }
        #expect(watch.look(at: [6]) == .allTurn)
        #expect(watch.look(at: [6]) == .allTurn)
    }

    @Test func `a loop that has ended, or not begun, is not missed`() {
        var watch = LoopWatch()
        for _ in 0..<100 { #expect(watch.look(at: [nil, nil]) == .allTurn) }
        for _ in 0..<9 { #expect(watch.look(at: [4, nil]) == .allTurn) }
        #expect(watch.look(at: [nil, nil]) == .allTurn)
    }

    @Test func `while the server ends, a silent loop is waited for as long as draining may take`() {
        var watch = LoopWatch()
        var beat: UInt64 = 1
        _ = watch.look(at: [beat])
        watch.startDraining(looks: 5)
        for _ in 0..<4 { #expect(watch.look(at: [beat]) == .allTurn) }
        #expect(watch.look(at: [beat]) == .hung(loop: 0, looks: 5))
        // One that turns may take longer than that to end.
        for _ in 0..<50 {
            beat += 1
            #expect(watch.look(at: [beat]) == .allTurn)
        }
        #expect(watch.look(at: [beat]) == .allTurn)
        #expect(watch.look(at: [beat]) == .hung(loop: 0, looks: 2))
    }
}
