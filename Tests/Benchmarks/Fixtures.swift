import Presence

/// What the benchmarks work on: names as long as real ones, the same ones every time.
enum Fixtures {
    static let versions = ["2026.11.20-a41f", "2026.11.21-77c0", "2026.11.22-0b9e", "2026.11.23-f3d2"]

    /// Routes of 24 bytes, longer than what a Swift string holds without memory of its own.
    static func routes(_ count: Int) -> [String] {
        (0..<count).map { "/products/\(100_000 + $0)/reviews" }
    }

    /// The id of a connection by number, spread like a random one.
    static func id(_ number: Int) -> ConnectionID {
        let high = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        return ConnectionID(randomHigh: high, randomLow: high ^ 0x94D0_49BB_1331_11EB)
    }

    /// A roster of open connections, spread over versions and routes, and their slots.
    static func roster(_ connections: Int, routes: [String]) -> (roster: Roster, slots: [Slot]) {
        var roster = Roster()
        let slots = (0..<connections).map {
            roster.open(id($0), version: versions[$0 % versions.count], route: routes[$0 % routes.count], address: nil)
        }
        return (roster, slots)
    }

    static func view() -> FleetView { FleetView(maxVersions: 200, maxRoutes: 5000, maxListed: 20_000) }

    /// Rows as a delta carries them.
    static func rows(_ count: Int, routes: [String]) -> [ConnectionRow] {
        (0..<count).map { ConnectionRow(id: id($0), version: versions[$0 % versions.count], route: routes[$0 % routes.count]) }
    }
}
