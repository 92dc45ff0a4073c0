import Presence
import TestRandom
import Testing

/// Several random rosters summed by one view, with snapshots handed out at any moment.
struct FleetViewModelTests {
    private struct World {
        var histories: [History]
        var fleet: FleetView
        var random: SeededGenerator

        init(sources: Int, cap: Int, maxListed: Int, seed: UInt64) {
            random = SeededGenerator(seed: seed)
            histories = (0..<sources).map { History(maxVersions: 8, maxRoutes: 8, seed: seed &* 1000 &+ UInt64($0)) }
            fleet = FleetView(maxVersions: cap, maxRoutes: cap, maxListed: maxListed)
            for source in histories.indices {
                for _ in 0..<30 { histories[source].step() }
                histories[source].roster.startRecording(listing: fleet.listingAllowance(for: SourceID(source)))
                let roster = histories[source].roster
                fleet.replace(SourceID(source), with: roster.summary, listed: roster.listed)
            }
            _ = fleet.takePending(rows: true)
        }

        mutating func step() {
            let source = Int.random(in: histories.indices, using: &random)
            histories[source].step()
        }

        mutating func take(_ source: Int) {
            let delta = histories[source].roster.takeChanges(
                listing: fleet.listingAllowance(for: SourceID(source)), rows: true)
            fleet.apply(delta, from: SourceID(source))
        }

        /// What a subscriber that comes now is handed: counts of the view, rows of the rosters as they are, names as shown.
        var snapshot: Statistics {
            let rows = histories.flatMap(\.roster.listedRows).map {
                ConnectionRow(
                    id: $0.id, version: fleet.shownVersion($0.version), route: fleet.shownRoute($0.route), address: $0.address)
            }
            return Statistics(
                total: fleet.total, versions: fleet.versions, routes: fleet.routes, rows: rows, truncated: fleet.truncated
            ).sorted
        }

        var rows: [ConnectionRow] { histories.flatMap { $0.naive.open.map(\.row) } }
    }

    @Test(arguments: [3, 5, 100], [1, 2])
    func `whoever was handed a snapshot at any moment ends with the same state`(cap: Int, seed: UInt64) {
        var world = World(sources: 3, cap: cap, maxListed: 40, seed: seed)
        for _ in 0..<150 {
            var held = [world.snapshot]
            for _ in 0..<6 {
                for _ in 0..<Int.random(in: 0...12, using: &world.random) { world.step() }
                if Bool.random(using: &world.random) { world.take(Int.random(in: 0..<3, using: &world.random)) }
                held.append(world.snapshot)
            }
            for source in 0..<3 { world.take(source) }
            held.append(world.snapshot)
            let pending = world.fleet.takePending(rows: true)
            let now = world.snapshot
            #expect(now.rows.count == world.fleet.listed)
            for var statistics in held {
                statistics.apply(pending)
                #expect(statistics.sorted == now)
            }
        }
    }

    @Test(arguments: [0, 2, 5, 100])
    func `shown counts are a recount, the rest is other, and rows agree with them`(cap: Int) {
        var world = World(sources: 4, cap: cap, maxListed: 10_000, seed: 7)
        for _ in 0..<150 {
            for _ in 0..<20 { world.step() }
            for source in 0..<4 { world.take(source) }
            let versions = NaiveRoster.recount(world.rows.map(\.version))
            let shown = world.fleet.versions.filter { $0.key != Statistics.otherName }
            #expect(shown.count <= cap)
            #expect(shown.allSatisfy { name, count in versions[name] == count })
            #expect(world.fleet.versions.values.reduce(0, +) == world.rows.count)
            #expect(world.fleet.total == world.rows.count)
            let snapshot = world.snapshot
            #expect(snapshot.truncated == 0)
            #expect(NaiveRoster.recount(snapshot.rows.map(\.version)) == snapshot.versions)
            #expect(NaiveRoster.recount(snapshot.rows.map(\.route)) == snapshot.routes)
        }
    }

    @Test func `no row changes its name while its own stays`() {
        var world = World(sources: 3, cap: 2, maxListed: 10_000, seed: 11)
        var seen: [ConnectionID: (asked: ConnectionRow, shown: ConnectionRow)] = [:]
        for _ in 0..<300 {
            for _ in 0..<5 { world.step() }
            for source in 0..<3 { world.take(source) }
            let shown = world.snapshot.rows
            let asked = Dictionary(uniqueKeysWithValues: world.rows.map { ($0.id, $0) })
            for row in shown {
                guard let now = asked[row.id] else { continue }
                if let before = seen[row.id] {
                    if before.asked.version == now.version { #expect(before.shown.version == row.version) }
                    if before.asked.route == now.route { #expect(before.shown.route == row.route) }
                }
                seen[row.id] = (now, row)
            }
        }
    }
}
