import Presence
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
}
