import Presence
import SkewProtocol
import Testing

@testable import SkewWatchCommand

struct WaitCourseTests {
    private func course(holdFor: Duration = .seconds(60)) throws -> WaitCourse {
        let condition = try #require(RolloutCondition("old<=0"))
        return WaitCourse(RolloutRule(condition, holdFor: holdFor, timeout: .seconds(600), start: .zero), start: .zero)
    }

    @Test func `numbers that are late prove nothing: they are asked for anew`() throws {
        var course = try course()
        course.uptime(.seconds(3600), at: .zero)
        course.take(["new": 3], total: 3, release: "new", isWhole: true, at: .seconds(1))
        #expect(course.step(at: .seconds(1)) == .wait)
        #expect(course.step(at: .seconds(61)) == .confirm)
        #expect(course.step(at: .seconds(62)) == .wait)
        course.take(["new": 3], total: 3, release: "new", isWhole: true, at: .seconds(63))
        #expect(course.step(at: .seconds(63)) == .reached)
    }

    @Test func `who does not answer is away, and what held has not held`() throws {
        var course = try course()
        course.uptime(.seconds(3600), at: .zero)
        course.take(["new": 3], total: 3, release: "new", isWhole: true, at: .zero)
        _ = course.step(at: .zero)
        #expect(course.step(at: .seconds(60)) == .confirm)
        #expect(course.step(at: .seconds(76)) == .wait)
        #expect(course.rule.holdsSince == nil)
    }

    @Test(arguments: [(["link"], 0), ([], 2)]) func `numbers that may hide tabs of other nodes never hold`(
        partial: [String], returning: Int
    ) throws {
        var course = try course(holdFor: .seconds(5))
        course.uptime(.seconds(3600), at: .zero)
        course.take([:], total: returning, release: "new", partial: partial, returning: returning, isWhole: true, at: .zero)
        #expect(course.step(at: .seconds(60)) == .wait)
        #expect(course.rule.holdsSince == nil)
    }

    @Test func `what is said of other nodes is kept from stats and deltas, and shown`() throws {
        func message(_ members: [String: JSONValue]) -> JSONValue { .object(members) }
        var statistics = try #require(
            LiveStatistics(
                message(["total": .number(1), "seq": .number(4), "partial": .array([.string("link")]), "returning": .number(1)])))
        #expect(statistics.partial == ["link"] && statistics.returning == 1)
        let follows = statistics.apply(message(["total": .number(1), "seq": .number(5)]))
        #expect(follows)
        #expect(statistics.partial == ["link"])
        let isWhole = statistics.apply(message(["total": .number(1), "seq": .number(6), "partial": .array([]), "returning": .number(0)]))
        #expect(isWhole)
        #expect(statistics.partial.isEmpty && statistics.returning == 0)
    }

    @Test func `a server that has just started is not believed`() throws {
        var course = try course(holdFor: .seconds(5))
        course.uptime(.seconds(1), at: .zero)
        course.take([:], total: 0, release: "new", isWhole: true, at: .zero)
        #expect(course.step(at: .seconds(3)) == .wait)
        #expect(course.rule.holdsSince == nil)
        #expect(course.step(at: .seconds(4)) == .wait)
        #expect(course.rule.holdsSince == .seconds(4))
    }

    @Test func `a loss begins all anew`() throws {
        var course = try course(holdFor: .seconds(5))
        course.uptime(.seconds(3600), at: .zero)
        course.take([:], total: 0, release: "new", isWhole: true, at: .zero)
        _ = course.step(at: .zero)
        course.lost(at: .seconds(4))
        #expect(course.view == nil && course.rule.holdsSince == nil)
        course.take([:], total: 0, release: "new", isWhole: true, at: .seconds(6))
        #expect(course.step(at: .seconds(6)) == .wait, "the connection is younger than the condition must hold")
    }

    @Test func `deltas say how fast it falls`() throws {
        var course = try course()
        for second in 0...30 {
            course.take(["a": 100 - second], total: 100 - second, release: "new", isWhole: second == 0, at: .seconds(second))
        }
        #expect(course.fall == 30)
    }
}
