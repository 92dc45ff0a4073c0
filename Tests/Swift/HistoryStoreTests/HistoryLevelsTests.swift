import Testing

@testable import HistoryStore

/// How densely samples are kept.
@Suite struct HistoryLevelsTests {
    @Test func `the first sample of ten minutes, of a minute, of ten seconds: each is kept longer than the next`() {
        var levels = HistoryLevels(days: 90)
        #expect(taken(&levels, [0, 10, 20, 50, 60, 70, 590, 600, 610]) == [2, 0, 0, 0, 1, 0, 1, 2, 0])
    }

    @Test func `a second sample within ten seconds is none`() {
        var levels = HistoryLevels(days: 1)
        #expect(taken(&levels, [5, 9, 10, 19]) == [2, nil, 0, nil])
    }

    @Test func `what is asked of longer ago is answered by coarser samples`() {
        let levels = HistoryLevels(days: 90)
        #expect([0, 3600, 3601, 172_800, 172_801, 9_000_000].map { levels.finest(reaching: $0) } == [0, 0, 1, 1, 2, 2])
        #expect(levels.levels.map(\.capacity) == [360, 2880, 12960])
        #expect(HistoryLevels(days: 1).levels.map(\.kept) == [3600, 86_400, 86_400])
    }

    private func taken(_ levels: inout HistoryLevels, _ seconds: [Int]) -> [Int?] {
        seconds.map { levels.level(at: .seconds($0)) }
    }
}
