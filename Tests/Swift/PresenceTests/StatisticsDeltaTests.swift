import Presence
import TestRandom
import Testing

struct StatisticsDeltaTests {
    private func row(_ number: Int, _ route: String = "/") -> ConnectionRow {
        ConnectionRow(id: ConnectionID(number), version: "v", route: route)
    }

    private func delta(
        total: Int = 0, listed: Int = 0, opened: [ConnectionRow] = [], changed: [ConnectionRow] = [], closed: [Int] = []
    ) -> StatisticsDelta {
        StatisticsDelta(total: total, listed: listed, opened: opened, changed: changed, closed: closed.map { ConnectionID($0) })
    }

    @Test func `a delta that touches nothing is empty, whatever its totals`() {
        #expect(StatisticsDelta(total: 7, listed: 3).isEmpty)
        #expect(!StatisticsDelta(total: 0, listed: 0, versions: ["v": 0]).isEmpty)
        #expect(!StatisticsDelta(total: 0, listed: 0, routes: ["/": 1]).isEmpty)
        #expect(!delta(opened: [row(1)]).isEmpty)
        #expect(!delta(changed: [row(1)]).isEmpty)
        #expect(!delta(closed: [1]).isEmpty)
    }

    @Test func `applied twice it says the same as once`() {
        var statistics = Statistics(total: 2, versions: ["v": 2], routes: ["/": 2], rows: [row(1), row(2)])
        let step = StatisticsDelta(
            total: 4, listed: 2, versions: ["v": 4], routes: ["/": 0, "/a": 4], opened: [row(3, "/a")], changed: [row(1, "/a")],
            closed: [ConnectionID(2), ConnectionID(9)])
        statistics.apply(step)
        let once = statistics
        statistics.apply(step)
        #expect(statistics == once)
        #expect(
            once
                == Statistics(total: 4, versions: ["v": 4], routes: ["/a": 4], rows: [row(1, "/a"), row(3, "/a")], truncated: 2))
    }

    @Test func `an opened row that changed is opened as it is now`() {
        var merged = delta(opened: [row(1)])
        merged.append(delta(total: 5, listed: 4, changed: [row(1, "/a")]))
        #expect(merged == delta(total: 5, listed: 4, opened: [row(1, "/a")]))
    }

    @Test func `an opened row that closed leaves its id, lest a snapshot in between keeps a ghost`() {
        var merged = delta(opened: [row(1), row(2)])
        merged.append(delta(closed: [1]))
        #expect(merged == delta(opened: [row(2)], closed: [1]))
    }

    @Test func `a changed row that closed is closed, one that changed again shows the newest`() {
        var merged = delta(changed: [row(1, "/a"), row(2, "/a")])
        merged.append(delta(changed: [row(2, "/b"), row(3, "/b")], closed: [1]))
        #expect(merged == delta(changed: [row(2, "/b"), row(3, "/b")], closed: [1]))
    }

    @Test func `a touched key stays touched with its newest count`() {
        var merged = StatisticsDelta(total: 1, listed: 0, versions: ["a": 1, "b": 0], routes: ["/": 3])
        merged.append(StatisticsDelta(total: 2, listed: 0, versions: ["a": 0, "c": 4], routes: ["/": 2]))
        #expect(merged == StatisticsDelta(total: 2, listed: 0, versions: ["a": 0, "b": 0, "c": 4], routes: ["/": 2]))
    }

    @Test(arguments: Seeds.some(4))
    func `merged deltas lead as far as one after the other, from any moment in between`(seed: UInt64) throws {
        var history = History(maxVersions: 4, maxRoutes: 6, seed: seed)
        for _ in 0..<30 { history.step() }
        history.roster.startRecording(listing: 20)
        for _ in 0..<60 {
            var moments = [history.roster.snapshot]
            var merged: StatisticsDelta?
            for _ in 0..<6 {
                for _ in 0..<8 { history.step() }
                let delta = history.roster.takeChanges(listing: 20, rows: true)
                if merged == nil { merged = delta } else { merged?.append(delta) }
                moments.append(history.roster.snapshot)
            }
            let last = try #require(moments.last)
            let whole = try #require(merged)
            for var moment in moments {
                moment.apply(whole)
                #expect(moment.sorted == last)
            }
        }
    }
}
