import Presence
import SkewProtocol

/// Statistics as bytes: deltas per row, whole lists per row, summaries whole.
enum EncodingBenchmarks {
    private static let form = StatisticsForm(scope: .ips, listsConnections: true, tracksRoutes: true)
    private static let summaryForm = StatisticsForm(scope: .ips, listsConnections: false, tracksRoutes: true)

    static func run(_ suite: inout Suite) {
        let rows = Fixtures.rows(1000, routes: Fixtures.routes(50))
        let changed = StatisticsDelta(total: 10_000, listed: 10_000, versions: ["2026.11.23-f3d2": 2500], changed: rows)
        suite.measure("delta: encode, per changed row") {
            StatisticsDeltaEncoder.encode(changed, sequence: 7, form: form).count
        }
        let closed = StatisticsDelta(total: 9_000, listed: 9_000, versions: ["2026.11.23-f3d2": 2500], closed: rows.map(\.id))
        suite.measure("delta: encode, per closed row") {
            StatisticsDeltaEncoder.encode(closed, sequence: 7, form: form).count
        }
        for routeCount in [50, 5000] {
            let (roster, view) = listed(10_000, routeCount)
            suite.measure("list: encode, per row, \(routeCount) routes", 10_000) {
                var encoder = StatisticsEncoder(form: form)
                encoder.begin(total: view.total, versions: view.versions, routes: view.routes)
                encoder.append(rowsOf: [roster], shownBy: view)
                return encoder.finish(sequence: 7, timestampMilliseconds: 1_795_000_000_000, truncated: 0).count
            }
            suite.measure("summary: counts of the view, \(routeCount) routes", 1) { view.versions.count + view.routes.count }
            let (versions, routes) = (view.versions, view.routes)
            suite.measure("summary: encode, \(routeCount) routes", 1) {
                var encoder = StatisticsEncoder(form: summaryForm)
                encoder.begin(total: view.total, versions: versions, routes: routes)
                return encoder.finish(sequence: 7, timestampMilliseconds: 1_795_000_000_000, truncated: 0).count
            }
        }
    }

    private static func listed(_ connections: Int, _ routeCount: Int) -> (Roster, FleetView) {
        var roster = Fixtures.roster(connections, routes: Fixtures.routes(routeCount)).roster
        roster.startRecording(listing: 20_000)
        var view = Fixtures.view()
        view.replace(SourceID(0), with: roster.summary, listed: roster.listed)
        _ = view.takePending(rows: false)
        return (roster, view)
    }
}
