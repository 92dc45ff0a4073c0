import Testing

@testable import SkewWatch

@Suite struct DrainPlanTests {
    /// Follows a plan to its end, and gives what was closed at which moment, in milliseconds.
    private func course(_ plan: DrainPlan, from start: Duration = .zero, late: Duration = .zero) -> [(at: Int, counts: [Int])] {
        var (plan, now) = (plan, start)
        var course: [(Int, [Int])] = []
        for _ in 0..<2000 {
            switch plan.next(at: now) {
            case .close(let counts): course.append((Int((now - start) / .milliseconds(1)), counts))
            case .wait(let moment): now = moment + late
            case .done: return course
            }
        }
        Issue.record("the plan does not end")
        return course
    }

    @Test func `nobody there is the end at once`() {
        var plan = DrainPlan(open: [0, 0], timeout: .seconds(25), from: .seconds(7))
        #expect(plan.next(at: .seconds(7)) == .done && plan.total == 0)
    }

    @Test func `no time is everybody at once`() {
        var plan = DrainPlan(open: [3, 4], timeout: .zero, from: .zero)
        #expect(plan.next(at: .zero) == .close([3, 4]))
        #expect(plan.next(at: .zero) == .done)
    }

    @Test func `few connections do not wait for the whole timeout`() {
        let plan = DrainPlan(open: [10, 10], timeout: .seconds(25), from: .zero)
        #expect(plan.duration == .milliseconds(200))
        let course = course(plan)
        #expect(course.map(\.at) == [0, 50, 100, 150])
        #expect(course.map(\.counts) == [[3, 3], [2, 2], [3, 3], [2, 2]])
    }

    @Test(arguments: [[1], [10_000], [7, 0, 12_345], [1, 1, 1, 1]])
    func `everybody is closed once, evenly, within the timeout`(open: [Int]) {
        let course = course(DrainPlan(open: open, timeout: .seconds(25), from: .seconds(1)), from: .seconds(1))
        for loop in open.indices { #expect(course.reduce(0) { $0 + $1.counts[loop] } == open[loop]) }
        #expect(course.allSatisfy { $0.at < 25_000 })
        let total = open.reduce(0, +)
        let largest = course.map { $0.counts.reduce(0, +) }.max() ?? 0
        #expect(largest <= total / course.count + open.count + 1)
    }

    @Test func `who comes late catches up and ends in time`() {
        let plan = DrainPlan(open: [1000], timeout: .seconds(1), from: .zero)
        let course = course(plan, late: .milliseconds(500))
        #expect(course.reduce(0) { $0 + $1.counts[0] } == 1000)
        #expect((course.last?.at ?? 0) < 1600 && course.count == 3)
    }
}
