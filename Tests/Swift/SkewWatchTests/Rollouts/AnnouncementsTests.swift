import Presence
import Testing

@testable import SkewWatch

/// Several announcements on one loop.
struct AnnouncementsTests {
    private var announcements = Announcements<String>()

    private func tabs(_ count: Int) -> [ToldTab] {
        (0..<count).map { ToldTab(index: $0, id: ConnectionID(randomHigh: UInt64($0), randomLow: UInt64($0))) }
    }

    private mutating func begin(_ number: Int, _ message: String, _ count: Int, rate: Double? = nil) -> Bool {
        announcements.prepare(number, message, for: tabs(count))
        return announcements.begin(number, rate: rate, at: .zero)
    }

    private mutating func step(_ number: Int, at now: Duration) -> [String]? {
        announcements.step(number, at: now).map { ["\($0.message)", "\($0.tabs.startIndex)..<\($0.tabs.endIndex)", "\($0.count)"] }
    }

    @Test mutating func `each goes its own way, and is forgotten when everybody was told`() {
        #expect(begin(1, "a", 300) == true)
        #expect(begin(2, "b", 2) == true)
        #expect(step(1, at: .zero) == ["a", "0..<300", "256"])
        #expect(announcements.didTell(1, 256, upTo: 256) == true)
        #expect(step(2, at: .zero) == ["b", "0..<2", "256"])
        #expect(announcements.didTell(2, 2, upTo: 2) == false)
        #expect(announcements.left(1) == 44)
        #expect(step(1, at: .zero) == ["a", "256..<300", "256"])
        #expect(announcements.didTell(1, 44, upTo: 300) == false)
        #expect(announcements.count == 0)
        #expect(step(1, at: .zero) == nil)
        #expect(announcements.due(at: .seconds(1)) == [])
    }

    @Test mutating func `nobody there is done at once`() {
        #expect(begin(1, "a", 0) == true)
        #expect(step(1, at: .zero) == nil)
        #expect(announcements.count == 0 && announcements.isOver(1))
    }

    @Test mutating func `one with a pace is due when its time has come`() {
        _ = begin(1, "a", 100, rate: 10)
        #expect(step(1, at: .zero) == ["a", "0..<100", "1"])
        #expect(announcements.didTell(1, 1, upTo: 1) == true)
        #expect(step(1, at: .zero) == nil)
        #expect(announcements.due(at: .milliseconds(99)) == [])
        #expect(announcements.due(at: .milliseconds(100)) == [1])
        #expect(step(1, at: .seconds(1)) == ["a", "1..<100", "9"])
        #expect(announcements.due(at: .seconds(9)) == [])
    }

    @Test mutating func `another pace counts from now on, and a stop at once`() {
        _ = begin(1, "a", 1000, rate: 1)
        _ = step(1, at: .zero)
        _ = announcements.didTell(1, 1, upTo: 1)
        #expect(step(1, at: .zero) == nil)
        #expect(announcements.begin(1, rate: 100, at: .milliseconds(500)) == false)
        #expect(announcements.due(at: .milliseconds(500)) == [1])
        // Half a tab was told ahead, and stays told.
        #expect(step(1, at: .milliseconds(600)) == ["a", "1..<1000", "9"])
        announcements.stop(1)
        #expect(step(1, at: .seconds(2)) == nil)
        #expect(announcements.isOver(1))
    }
}
