import Presence
import TestRandom

/// A random history of one roster beside its naive twin.
struct History {
    static let names = [
        "__proto__", "constructor", "toString", Statistics.otherName, "", "é", "/", "/a", "/b", "/c", "/d/a/rather/long/route", "/e", "/f",
    ]

    static let start: Int64 = 1_790_000_000_000

    var roster = Roster(start: start)
    var naive = NaiveRoster()
    var random: SeededGenerator
    /// What the model tends to hold; it changes now and then, so that the roster fills and empties.
    private var aim = 20

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    func name(_ random: inout SeededGenerator) -> String { Self.names.randomElement(using: &random) ?? "" }

    mutating func step() {
        if Int.random(in: 0..<100, using: &random) == 0 { aim = [0, 3, 20, 60].randomElement(using: &random) ?? 0 }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: naive.open.count <= aim ? open() : close()
        case 4..<6: close()
        default: move()
        }
    }

    mutating func open() {
        let row = ConnectionRow(
            id: ConnectionID(randomHigh: random.next(), randomLow: random.next()), version: name(&random), route: name(&random),
            since: Self.start + 20 * Int64.random(in: 0...1_000_000, using: &random),
            address: Bool.random(using: &random) ? "10.0.0.\(random.next() % 256)" : nil)
        let slot = roster.open(row.id, version: row.version, route: row.route, since: row.since, address: row.address)
        naive.opened(slot, row)
    }

    mutating func setRelease() {
        let name = Int.random(in: 0..<5, using: &random) == 0 ? nil : name(&random)
        roster.setRelease(name)
        naive.release = name
    }

    mutating func move() {
        guard let place = naive.open.indices.randomElement(using: &random) else { return }
        let route = name(&random)
        roster.move(naive.open[place].slot, to: route)
        naive.moved(place, to: route)
    }

    mutating func close() {
        guard let place = naive.open.indices.randomElement(using: &random) else { return }
        roster.close(naive.open[place].slot)
        naive.closed(place)
    }
}
