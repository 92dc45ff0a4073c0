import Presence
import SkewProtocol

/// One round of the scheduler for 1,000 moves among 10,000 connections, step by step; shown for one change.
enum ChangeBenchmarks {
    static func run(_ suite: inout Suite) {
        for routeCount in [50, 5000] {
            let routes = Fixtures.routes(routeCount)
            var (roster, slots) = Fixtures.roster(10_000, routes: routes)
            roster.startRecording(listing: 20_000)
            var view = Fixtures.view()
            view.replace(SourceID(0), with: roster.summary, listed: roster.listed)
            _ = view.takePending(rows: false)
            var step = 0
            func move() {
                step += 7
                for index in 0..<1000 { roster.move(slots[index * 10], to: routes[(index + step) % routeCount]) }
            }

            var delta = StatisticsDelta(total: 0, listed: 0)
            suite.measure(
                "Roster.takeChanges, per change, \(routeCount) routes", setUp: move,
                work: {
                    delta = roster.takeChanges(listing: 20_000, rows: true)
                    return delta.changed.count
                })
            move()
            delta = roster.takeChanges(listing: 20_000, rows: true)
            suite.measure(
                "FleetView.apply, per change, \(routeCount) routes", setUp: { _ = view.takePending(rows: true) },
                work: {
                    view.apply(delta, from: SourceID(0))
                    return view.total
                })
            suite.measure(
                "FleetView.takePending, per change, \(routeCount) routes", setUp: { view.apply(delta, from: SourceID(0)) },
                work: {
                    view.takePending(rows: true).changed.count
                })
            suite.measure(
                "all three, counts only, per change, \(routeCount) routes", setUp: move,
                work: {
                    view.apply(roster.takeChanges(listing: 20_000, rows: false), from: SourceID(0))
                    return view.takePending(rows: false).total
                })
        }

        var schedule = BroadcastSchedule(debounce: .milliseconds(100), maxWait: .seconds(1))
        var now = Duration.zero
        suite.measure("BroadcastSchedule: change, question, broadcast") {
            var broadcasts = 0
            for _ in 0..<1000 {
                now += .milliseconds(150)
                schedule.noteChange(first: now - .milliseconds(120), last: now - .milliseconds(110))
                guard schedule.next(at: now) == .broadcast else { continue }
                schedule.didBroadcast(at: now, bytes: 0)
                broadcasts += 1
            }
            return broadcasts
        }
    }
}
