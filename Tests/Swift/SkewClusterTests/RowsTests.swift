import Presence
import TestRandom
import Testing

@testable import SkewCluster

/// Rows of other nodes.
@Suite struct RowsTests {
    private static let node = InstanceID(high: 1, low: 1)
    private static let other = InstanceID(high: 2, low: 2)

    private static func row(_ number: UInt64, _ version: String = "v", _ route: String = "/") -> ConnectionRow {
        ConnectionRow(id: ConnectionID(randomHigh: number, randomLow: number), version: version, route: route, since: Int64(number))
    }

    private static func text(_ row: ConnectionRow) -> String { RowText.encode(row, showsAddress: true) }

    @Test func `a row is read as it was written, without its address where nobody may see it`() {
        var row = Self.row(1_800_000_000_000, "日本 1", "/a b/é")
        row.address = "2001:db8::1"
        #expect(RowText.decode(Self.text(row)) == row)
        #expect(RowText.decode(Self.text(row) + "more of a later release") == row)
        row.tag = "Ünal & Söhne"
        #expect(RowText.decode(Self.text(row)) == row && RowText.decode(Self.text(row) + " more of a later release") == row)
        row.tag = nil
        #expect(RowText.decode(Self.text(row) + " 9 short") == row, "what is cut off is no tag")
        let shown = RowText.decode(RowText.encode(row, showsAddress: false))
        row.address = nil
        #expect(shown == row)
    }

    @Test(arguments: [
        "", "x", "00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-0000000000001 1 1 0 a",
        "00000000-0000-4000-8000-000000000000-1 1 1 0 ab", "00000000-0000-4000-8000-0000000000001 9999999999999999 1 0 ab",
        "00000000-0000-4000-8000-0000000000001 1 1 0 é", "00000000-0000-4000-8000-0000000000001 1 1 x ab",
    ])
    func `anything else is no row`(_ text: String) { #expect(RowText.decode(text) == nil) }

    @Test func `every node lists up to one level, and all together no more than may be`() {
        #expect(WaterLevel.level([], places: 10) == 10 && WaterLevel.level([3, 4], places: 10) == 10)
        #expect(WaterLevel.level([100, 100], places: 10) == 5 && WaterLevel.level([2, 100, 100], places: 10) == 4)
        #expect(WaterLevel.level([5, 5], places: 0) == 0 && WaterLevel.level([1000, 1000, 1000], places: 100) == 32)
        var random = Seeded(3)
        for _ in 0..<2000 {
            let totals = (0..<Int.random(in: 1...8, using: &random)).map { _ in Int.random(in: 0...20_000, using: &random) }
            let places = Int.random(in: 0...30_000, using: &random)
            let level = WaterLevel.level(totals, places: places)
            let listed = totals.reduce(0) { $0 + min($1, level) }
            #expect(listed <= max(places, 0) || totals.reduce(0, +) <= places)
            #expect(listed >= min(totals.reduce(0, +), places * 3 / 4 - 8), "\(totals) \(places) \(level)")
        }
    }

    @Test func `rows come, move and go as their nodes say, in one change each`() {
        var rows = OtherRows()
        let (one, two) = (Self.row(1), Self.row(2))
        rows.update([Self.text(one): 1, Self.text(two): 1], of: Self.node)
        let first = rows.takeChanges(listing: 10, renamed: RenamedNames())
        #expect(Set(first.opened.map(\.id)) == [one.id, two.id] && first.closed.isEmpty && rows.rows == [one, two])
        var moved = one
        moved.route = "/else"
        rows.update([Self.text(one): 0, Self.text(moved): 1, Self.text(two): 0], of: Self.node)
        #expect(rows.isTouched)
        #expect(rows.takeChanges(listing: 10, renamed: RenamedNames()) == .init(changed: [moved], closed: [two.id]))
        // Another node cannot take it away or make it its own.
        rows.update([Self.text(moved): 0, Self.text(one): 1, "junk": 1], of: Self.other)
        #expect(rows.takeChanges(listing: 10, renamed: RenamedNames()) == .init())
        #expect(rows.takeChanges(listing: 10, renamed: RenamedNames(routes: ["/else"])) == .init(changed: [moved]))
        #expect(rows.takeChanges(listing: 0, renamed: RenamedNames()) == .init(closed: [one.id]) && rows.count == 0)
        #expect(rows.takeChanges(listing: 1, renamed: RenamedNames()) == .init(opened: [moved]))
    }

    @Test(arguments: Seeds.some(20, long: 50)) func `whatever comes and goes, who follows the changes has the rows`(seed: UInt64) {
        var (random, rows, known) = (Seeded(seed), OtherRows(), [ConnectionID: ConnectionRow]())
        var truth: [InstanceID: [ConnectionID: ConnectionRow]] = [Self.node: [:], Self.other: [:]]
        for _ in 0..<200 {
            for node in [Self.node, Self.other] {
                var told: [String: Int] = [:]
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let number = UInt64.random(in: 0..<20, using: &random) * 2 + node.high - 1
                    let id = Self.row(number).id
                    if let former = truth[node]?[id] { told[Self.text(former)] = 0 }
                    truth[node]?[id] = nil
                    guard Bool.random(using: &random) else { continue }
                    let row = Self.row(number, "v", "/\(Int.random(in: 0..<3, using: &random))")
                    truth[node]?[id] = row
                    told[Self.text(row)] = 1
                }
                rows.update(told, of: node)
            }
            let limit = Int.random(in: 0...45, using: &random)
            let changes = rows.takeChanges(listing: limit, renamed: RenamedNames())
            for id in changes.closed { known[id] = nil }
            for row in changes.opened + changes.changed { known[row.id] = row }
            let all = (truth[Self.node] ?? [:]).merging(truth[Self.other] ?? [:]) { one, _ in one }
            #expect(known.count == min(limit, all.count) && known.count == rows.count, "seed \(seed)")
            #expect(known.allSatisfy { all[$0.key] == $0.value }, "seed \(seed)")
        }
    }

    @Test func `rows are told only while somebody looks, also after messages were lost, and a lost node takes its rows along`() {
        let cluster = SimulatedCluster(seed: 5, faults: BusFaults(loss: 0.1, reorder: 0.02))
        let nodes = (0..<3).map { _ in cluster.addNode() }
        cluster.run(until: 6)
        for number in UInt64(0)..<300 { nodes[Int(number) % 3].list(Self.row(number)) }
        cluster.run(until: cluster.now + 2)
        #expect(nodes[0].takeOthers(listing: 1000).opened.isEmpty, "nobody looks")
        nodes[0].want([.routes, .rows])
        #expect(nodes[0].node.wantsOfOthers == .routes)
        cluster.run(until: cluster.now + 5)
        #expect(nodes[1].node.wantsOfOthers == [.routes, .rows])
        #expect(Set(nodes[0].takeOthers(listing: 1000).opened.map(\.id)) == Set((0..<300).filter { $0 % 3 != 0 }.map { Self.row($0).id }))
        nodes[1].list(Self.row(1), 0)
        nodes[2].list(Self.row(500))
        cluster.run(until: cluster.now + 4)
        let moved = nodes[0].takeOthers(listing: 1000)
        #expect(moved.opened.map(\.id) == [Self.row(500).id] && moved.closed == [Self.row(1).id])
        nodes[2].kill()
        cluster.run(until: cluster.now + 8)
        #expect(nodes[0].takeOthers(listing: 1000).closed.count == 101)
        nodes[0].want(.routes)
        #expect(nodes[0].takeOthers(listing: 1000).closed.count == 99)
        nodes[0].want([.routes, .rows])
        cluster.run(until: cluster.now + 4)
        #expect(nodes[0].takeOthers(listing: 1000).opened.count == 99)
    }

    @Test func `what was missed is counted, and nothing is where nothing was missed`() {
        for (loss, seed) in [(0.0, UInt64(1)), (0.3, 2)] {
            let cluster = SimulatedCluster(seed: seed, faults: BusFaults(loss: loss, reorder: 0))
            let nodes = (0..<2).map { _ in cluster.addNode() }
            cluster.run(until: 5)
            for number in UInt64(0)..<100 {
                nodes[0].node.set(.summary, "v", to: Int(number) + 1, arrivals: 1, at: cluster.time)
                cluster.run(until: cluster.now + 0.2)
            }
            cluster.run(until: cluster.now + 5)
            #expect((nodes[1].node.misses.gaps > 5) == (loss > 0) && nodes[1].node.misses.mismatches == 0)
            #expect(nodes[1].node.counts(.summary) == ["v": 100])
        }
    }
}
