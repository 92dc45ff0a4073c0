import Presence
import Testing

struct FleetViewTests {
    private func fleet(versions: Int = 10, routes: Int = 10, listed: Int = 100) -> FleetView {
        FleetView(maxVersions: versions, maxRoutes: routes, maxListed: listed)
    }

    private func row(_ number: Int, _ version: String, _ route: String = "/") -> ConnectionRow {
        ConnectionRow(id: ConnectionID(number), version: version, route: route)
    }

    @Test func `sources add up in any order`() {
        let summaries = [
            Statistics(total: 3, versions: ["a": 2, "__proto__": 1], routes: ["/": 3]),
            Statistics(total: 4, versions: ["a": 4], routes: ["/": 1, "constructor": 3]),
            Statistics(total: 2, versions: ["b": 1, "(other)": 1], routes: ["/": 2]),
        ]
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            var fleet = fleet()
            for source in order { fleet.replace(SourceID(source), with: summaries[source], listed: source) }
            _ = fleet.takePending(rows: false)
            #expect(fleet.total == 9)
            #expect(fleet.listed == 3)
            #expect(fleet.truncated == 6)
            #expect(fleet.versions == ["a": 6, "__proto__": 1, "b": 1, "(other)": 1])
            #expect(fleet.routes == ["/": 6, "constructor": 3])
        }
    }

    @Test func `a baseline takes the place of what was known`() {
        var fleet = fleet()
        fleet.replace(SourceID(1), with: Statistics(total: 3, versions: ["a": 3], routes: ["/": 3]), listed: 3)
        fleet.replace(SourceID(2), with: Statistics(total: 1, versions: ["a": 1], routes: ["/": 1]), listed: 1)
        _ = fleet.takePending(rows: true)
        fleet.replace(SourceID(1), with: Statistics(total: 1, versions: ["b": 1], routes: ["/": 1]), listed: 0)
        #expect(
            fleet.takePending(rows: true)
                == StatisticsDelta(total: 2, listed: 1, versions: ["a": 1, "b": 1], routes: ["/": 2]))
        #expect(fleet.versions == ["a": 1, "b": 1])
    }

    @Test func `a removed source leaves nothing behind`() {
        var fleet = fleet()
        fleet.replace(SourceID(1), with: Statistics(total: 3, versions: ["a": 3], routes: ["/": 3]), listed: 3)
        fleet.remove(SourceID(1))
        fleet.remove(SourceID(2))
        #expect(fleet.total == 0 && fleet.listed == 0)
        #expect(fleet.versions.isEmpty && fleet.routes.isEmpty)
        #expect(fleet.takePending(rows: true).isEmpty, "What nobody was told need not be taken back.")
    }

    @Test func `a name beyond the cap is shown as other in counts, rows and pending`() {
        var fleet = fleet(versions: 1)
        fleet.apply(
            StatisticsDelta(total: 1, listed: 1, versions: ["a": 1], routes: ["/": 1], opened: [row(1, "a")]), from: SourceID(1))
        fleet.apply(
            StatisticsDelta(
                total: 2, listed: 2, versions: ["b": 1, "(other)": 1], routes: ["/": 2], opened: [row(2, "b"), row(3, "(other)")]),
            from: SourceID(2))
        let pending = fleet.takePending(rows: true)
        #expect(fleet.shownVersion("a") == "a")
        #expect(fleet.shownVersion("b") == "(other)")
        #expect(pending.versions == ["a": 1, "(other)": 2])
        #expect(pending.opened == [row(1, "a"), row(2, "(other)"), row(3, "(other)")])
    }

    @Test func `of many newcomers the largest are shown, and equals by name`() {
        var fleet = fleet(versions: 3)
        fleet.replace(SourceID(1), with: Statistics(total: 20, versions: ["a": 1, "d": 5, "c": 1, "b": 1, "e": 12]), listed: 0)
        _ = fleet.takePending(rows: false)
        #expect(fleet.versions == ["e": 12, "d": 5, "a": 1, "(other)": 2])
    }

    @Test func `a source may list what the others leave of the maximum`() {
        var fleet = fleet(listed: 10)
        #expect(fleet.listingAllowance(for: SourceID(1)) == 10)
        fleet.apply(StatisticsDelta(total: 7, listed: 7), from: SourceID(1))
        #expect(fleet.listingAllowance(for: SourceID(1)) == 10)
        #expect(fleet.listingAllowance(for: SourceID(2)) == 3)
        fleet.apply(StatisticsDelta(total: 9, listed: 9), from: SourceID(3))
        #expect(fleet.listingAllowance(for: SourceID(2)) == 0)
        #expect(fleet.listingAllowance(for: SourceID(1)) == 1)
    }

    @Test(arguments: 1...5) func `sources asked at the same time never list more than the maximum together`(count: Int) {
        var fleet = fleet(listed: 10)
        for source in 0..<count { fleet.apply(StatisticsDelta(total: 9, listed: source == 0 ? 3 : 0), from: SourceID(source)) }
        let allowances = (0..<count).map { fleet.listingAllowance(for: SourceID($0), sharedBy: count) }
        #expect(allowances[0] >= 3 && allowances.reduce(0, +) <= 10 && allowances.reduce(0, +) > 10 - count)
        #expect(fleet.hasUnlisted(SourceID(0)) && !fleet.hasUnlisted(SourceID(99)))
    }

    @Test func `pending rows that nobody asked for are forgotten`() {
        var fleet = fleet()
        fleet.apply(StatisticsDelta(total: 1, listed: 1, versions: ["a": 1], opened: [row(1, "a")]), from: SourceID(1))
        #expect(fleet.takePending(rows: false) == StatisticsDelta(total: 1, listed: 1, versions: ["a": 1]))
        #expect(fleet.takePending(rows: true).isEmpty)
    }

    @Test func `a name is spelled as it came first, whichever source touches it`() {
        var fleet = fleet()
        fleet.apply(StatisticsDelta(total: 1, listed: 0, routes: ["/caf\u{e9}": 1]), from: SourceID(1))
        _ = fleet.takePending(rows: true)
        fleet.apply(
            StatisticsDelta(total: 1, listed: 1, routes: ["/cafe\u{301}": 1], opened: [row(1, "v", "/cafe\u{301}")]), from: SourceID(2))
        let pending = fleet.takePending(rows: true)
        let spellings = [Array(fleet.routes.keys), Array(pending.routes.keys), pending.opened.map(\.route)]
        for names in spellings { #expect(names.map { Array($0.utf8) } == [Array("/caf\u{e9}".utf8)]) }
    }

    @Test func `counts no node can have do no harm`() {
        var fleet = fleet()
        for source in 0..<3 {
            fleet.apply(StatisticsDelta(total: .max, listed: .max, versions: ["a": .max, "b": .min]), from: SourceID(source))
        }
        fleet.apply(StatisticsDelta(total: -5, listed: .max, routes: ["/": -1]), from: SourceID(3))
        #expect(fleet.truncated == 0)
        for source in 0..<3 { fleet.remove(SourceID(source)) }
        #expect(fleet.total == 0 && fleet.listed == 0)
        #expect(fleet.versions.isEmpty && fleet.routes.isEmpty)
    }
}
