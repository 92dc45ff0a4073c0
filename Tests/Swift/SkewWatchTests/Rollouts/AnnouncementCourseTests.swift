import Testing

@testable import SkewWatch

/// How an announcement goes through the tabs of a loop.
struct AnnouncementCourseTests {
    /// Lets a course run among tabs of which every third is gone, each turn of the loop taking a millisecond.
    /// - Returns: who was told at which millisecond.
    private func run(_ course: AnnouncementCourse, upTo limit: Int = 100_000) -> [(tab: Int, at: Int)] {
        var (course, told) = (course, [(tab: Int, at: Int)]())
        var time = 0
        while time < limit {
            switch course.step(at: .milliseconds(time)) {
            case .tell(let count):
                let indices = course.remaining
                let chosen = Array(indices.lazy.filter { $0 % 3 != 0 }.prefix(count))
                told += chosen.map { ($0, time) }
                course.didTell(chosen.count, upTo: chosen.count == count ? chosen.last.map { $0 + 1 } ?? 0 : indices.upperBound)
                time += 1
            case .wait(let until):
                time = max(time + 1, Int((until / .milliseconds(1)).rounded(.up)))
            case .done:
                #expect(course.told == told.count)
                return told
            }
        }
        return told
    }

    @Test func `without a pace everybody is told once, 256 in a turn of the loop`() {
        let told = run(AnnouncementCourse(count: 10_000, start: .zero))
        #expect(told.map(\.tab) == (0..<10_000).filter { $0 % 3 != 0 })
        let turns = Dictionary(grouping: told, by: \.at).mapValues(\.count)
        #expect(turns.values.max() == 256)
        #expect(turns.count == 27)
    }

    @Test func `a tab that came later is not told`() {
        #expect(run(AnnouncementCourse(count: 10, start: .zero)).map(\.tab) == [1, 2, 4, 5, 7, 8])
        #expect(run(AnnouncementCourse(count: 0, start: .zero)).isEmpty)
    }

    @Test(arguments: [1, 10, 500, 5000])
    func `a pace is kept within a twentieth`(rate: Int) {
        let count = min(15_000, 20 * rate)
        let told = run(AnnouncementCourse(count: count, rate: Double(rate), start: .zero))
        #expect(told.count == count * 2 / 3)
        for second in 1...max(1, told.count / rate - 1) {
            let soFar = told.prefix { $0.at < 1000 * second }.count
            #expect(abs(soFar - second * rate) <= max(1, second * rate / 20))
        }
    }

    @Test func `who changes the pace again and again does not tell more`() {
        var (course, told) = (AnnouncementCourse(count: 1000, rate: 2, start: .zero), 0)
        for tick in 0..<100 {
            let now = Duration.milliseconds(100 * tick)
            course.change(rate: tick.isMultiple(of: 2) ? 2 : 2.1, at: now)
            guard case .tell(let count) = course.step(at: now) else { continue }
            course.didTell(count, upTo: told + count)
            told += count
        }
        #expect((19...22).contains(told), "\(told) in ten seconds")
    }

    @Test func `a loop that hung does not make up for it in one burst`() {
        var course = AnnouncementCourse(count: 100_000, rate: 100, start: .zero)
        #expect(course.step(at: .seconds(60)) == .tell(100))
        course.didTell(100, upTo: 100)
        #expect(course.step(at: .seconds(61)) == .tell(100))
    }
}
