import Presence
import TestRandom
import Testing

/// Several random rosters summed by one view, in rounds as the server makes them.
struct FleetViewModelTests {
    private struct World {
        let cap: Int
        var histories: [History]
        var fleet: FleetView
        var random: SeededGenerator
        var now = Duration.zero
        var pinned: [String] = []

        init(sources: Int, cap: Int, maxListed: Int, seed: UInt64) {
            self.cap = cap
            random = SeededGenerator(seed: seed)
            histories = (0..<sources).map { History(seed: seed &* 1000 &+ UInt64($0)) }
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

        /// Asks the sources in some order, one of them twice now and then; they go on meanwhile.
        mutating func collect() {
            now += .milliseconds(Int.random(in: 1...3000, using: &random))
            if Int.random(in: 0..<20, using: &random) == 0 {
                pinned = [histories[0].name(&random), histories[0].name(&random)]
                for source in histories.indices { histories[source].roster.setRelease(pinned[0]) }
            }
            let renamed = fleet.reconsider(at: now, pinned: pinned)
            var order = Array(histories.indices).shuffled(using: &random)
            if Bool.random(using: &random) { order.append(order[0]) }
            for source in order {
                histories[source].roster.retell(renamed)
                let delta = histories[source].roster.takeChanges(listing: fleet.listingAllowance(for: SourceID(source)), rows: true)
                fleet.apply(delta, from: SourceID(source))
                for _ in 0..<Int.random(in: 0...2, using: &random) { step() }
            }
            // The others are asked to the end, so that the recount is that of one moment.
            for source in histories.indices {
                take(from: source, listing: fleet.listingAllowance(for: SourceID(source)))
            }
            for (source, limit) in fleet.concessions { take(from: source.number, listing: limit) }
            for source in histories.indices {
                if let limit = fleet.listingAllowance(forOldOf: SourceID(source)) { take(from: source, listing: limit) }
            }
        }

        private mutating func take(from source: Int, listing limit: Int) {
            fleet.apply(histories[source].roster.takeChanges(listing: limit, rows: true), from: SourceID(source))
        }

        /// What a subscriber that comes now is handed: counts of the view, rows of the rosters as they are, names as shown.
        var snapshot: Statistics {
            let rows = histories.flatMap(\.roster.listedRows).map {
                ConnectionRow(
                    id: $0.id, version: fleet.shownVersion($0.version), route: fleet.shownRoute($0.route), since: $0.since,
                    address: $0.address)
            }
            return Statistics(
                total: fleet.total, versions: fleet.versions, routes: fleet.routes, rows: rows, truncated: fleet.truncated
            ).sorted
        }

        var listedRows: [ConnectionRow] { histories.flatMap(\.roster.listedRows) }
        var rows: [ConnectionRow] { histories.flatMap { $0.naive.open.map(\.row) } }
    }

    @Test(arguments: [1, 3, 5, 100], Seeds.some(2, long: 4))
    func `whoever applies the deltas has what a newcomer is handed`(cap: Int, seed: UInt64) {
        var world = World(sources: 3, cap: cap, maxListed: 40, seed: seed)
        var held = world.snapshot
        for round in 0..<400 {
            for _ in 0..<Int.random(in: 0...25, using: &world.random) { world.step() }
            // Somebody else may ask in between: what it learns is told all the same.
            for _ in 0..<Int.random(in: 1...2, using: &world.random) { world.collect() }
            held.apply(world.fleet.takePending(rows: true))
            held = held.sorted
            let now = world.snapshot
            #expect(held == now, "seed \(seed), cap \(cap), round \(round)")
            #expect(now.rows.count == world.fleet.listed)
            if let release = world.pinned.first {
                let (old, listedOld) = (world.rows.count { $0.version != release }, world.listedRows.count { $0.version != release })
                #expect(listedOld == min(old, 40), "seed \(seed), cap \(cap), round \(round): a straggler is left out")
            }
            if held != now { return }
        }
    }

    @Test(arguments: [1, 2, 5, 8, 100], Seeds.some(2, long: 4))
    func `shown counts are a recount, the rest is other, and rows agree with them`(cap: Int, seed: UInt64) {
        var world = World(sources: 4, cap: cap, maxListed: 10_000, seed: seed)
        for round in 0..<300 {
            let place = Comment("seed \(seed), cap \(cap), round \(round)")
            for _ in 0..<20 { world.step() }
            world.collect()
            _ = world.fleet.takePending(rows: true)
            let snapshot = world.snapshot
            for (shown, all) in [(snapshot.versions, world.rows.map(\.version)), (snapshot.routes, world.rows.map(\.route))] {
                let recount = NaiveRoster.recount(all)
                let named = shown.filter { $0.key != Statistics.otherName }
                #expect(named.allSatisfy { name, count in recount[name] == count }, place)
                #expect(shown.values.allSatisfy { $0 > 0 } && shown.values.reduce(0, +) == all.count, place)
                // A release that just came may be one too many until the next ranking.
                #expect(named.count <= cap + 2, place)
                let names = recount.keys.count { $0 != Statistics.otherName }
                if names <= cap, !world.fleet.isUnsettled { #expect(shown == recount, place) }
            }
            for name in world.pinned.prefix(cap) where name != Statistics.otherName {
                #expect(snapshot.versions[name] == NaiveRoster.recount(world.rows.map(\.version))[name], place)
            }
            #expect(world.fleet.total == world.rows.count && snapshot.truncated == 0, place)
            #expect(NaiveRoster.recount(snapshot.rows.map(\.version)) == snapshot.versions, place)
            #expect(NaiveRoster.recount(snapshot.rows.map(\.route)) == snapshot.routes, place)
        }
    }

    @Test(arguments: Seeds.some(6)) func `after the grace the largest are shown, whoever came first`(seed: UInt64) {
        var world = World(sources: 3, cap: 4, maxListed: 0, seed: seed)
        for _ in 0..<40 {
            for _ in 0..<20 { world.step() }
            world.collect()
            _ = world.fleet.takePending(rows: false)
        }
        world.pinned = []
        let recount = NaiveRoster.recount(world.rows.map(\.version).filter { $0 != Statistics.otherName })
        let largest = recount.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(4)
        for _ in 0..<60 {
            world.now += .seconds(1)
            for source in world.histories.indices { world.histories[source].roster.retell(world.fleet.reconsider(at: world.now)) }
            _ = world.fleet.takePending(rows: false)
        }
        let shown = world.fleet.versions.filter { $0.key != Statistics.otherName }
        #expect(shown == Dictionary(uniqueKeysWithValues: largest.map { ($0.key, $0.value) }), "seed \(seed)")
    }
}
