import Testing

@testable import SkewWatch

/// Several announcements on one loop.
struct AnnouncementsTests {
    private struct Step: Equatable {
        var message: String
        var indices: Range<Int>
        var count: Int

        init(_ message: String, _ indices: Range<Int>, _ count: Int) {
            (self.message, self.indices, self.count) = (message, indices, count)
        }
    }

    private var announcements = Announcements<String>()

    private mutating func step(_ number: Int, at now: Duration) -> Step? {
        announcements.step(number, at: now).map { Step($0.message, $0.indices, $0.count) }
    }

    private mutating func hasMore(_ number: Int, _ count: Int, upTo index: Int) -> Bool {
        announcements.didTell(number, count, upTo: index)
    }

    @Test mutating func `each goes its own way, and is forgotten when everybody was told`() {
        let first = announcements.begin(AnnouncementCourse(count: 300, start: .zero), "a")
        let second = announcements.begin(AnnouncementCourse(count: 2, start: .zero), "b")
        #expect(step(first, at: .zero) == Step("a", 0..<300, 256))
        #expect(hasMore(first, 256, upTo: 256) == true)
        #expect(step(second, at: .zero) == Step("b", 0..<2, 256))
        #expect(hasMore(second, 2, upTo: 2) == false)
        #expect(announcements.count == 1)
        #expect(step(first, at: .zero) == Step("a", 256..<300, 256))
        #expect(hasMore(first, 44, upTo: 300) == false)
        #expect(announcements.count == 0)
        #expect(step(first, at: .zero) == nil)
        #expect(announcements.due(at: .seconds(1)) == [])
    }

    @Test mutating func `nobody there is done at once`() {
        let number = announcements.begin(AnnouncementCourse(count: 0, start: .zero), "a")
        #expect(step(number, at: .zero) == nil)
        #expect(announcements.count == 0)
    }

    @Test mutating func `one with a pace is due when its time has come`() {
        let number = announcements.begin(AnnouncementCourse(count: 100, rate: 10, start: .zero), "a")
        #expect(step(number, at: .zero) == Step("a", 0..<100, 1))
        #expect(hasMore(number, 1, upTo: 1) == true)
        #expect(step(number, at: .zero) == nil)
        #expect(announcements.due(at: .milliseconds(99)) == [])
        #expect(announcements.due(at: .milliseconds(100)) == [number])
        #expect(step(number, at: .seconds(1)) == Step("a", 1..<100, 9))
        #expect(announcements.due(at: .seconds(9)) == [])
    }
}
