import Presence

/// One event each, on names the roster knows, beside 10,000 connections.
enum RosterBenchmarks {
    static func run(_ suite: inout Suite) {
        let routes = Fixtures.routes(50)
        for isRecording in [false, true] {
            let suffix = isRecording ? ", recorded" : ""
            var (roster, slots) = Fixtures.roster(10_000, routes: routes)
            if isRecording { roster.startRecording(listing: 20_000) }
            let newcomers = (0..<1000).map { Fixtures.id(1_000_000 + $0) }
            // Taken before each round, as the scheduler does between debounce windows.
            func settle() {
                if isRecording { _ = roster.takeChanges(listing: 20_000, rows: true) }
            }
            var opened: [Slot] = []
            opened.reserveCapacity(newcomers.count)

            suite.measure(
                "Roster.open\(suffix)",
                setUp: {
                    for slot in opened { roster.close(slot) }
                    opened.removeAll(keepingCapacity: true)
                    settle()
                },
                work: {
                    for (index, id) in newcomers.enumerated() {
                        opened.append(roster.open(id, version: Fixtures.versions[index & 3], route: routes[index % 50], address: nil))
                    }
                    return roster.total
                })
            for slot in opened { roster.close(slot) }
            opened.removeAll(keepingCapacity: true)

            var step = 0
            suite.measure(
                "Roster.move\(suffix)", setUp: settle,
                work: {
                    step += 7
                    for index in 0..<1000 { roster.move(slots[index * 10], to: routes[(index + step) % 50]) }
                    return roster.total
                })
            suite.measure(
                "Roster.close\(suffix)",
                setUp: {
                    settle()
                    for (index, id) in newcomers.enumerated() {
                        opened.append(roster.open(id, version: Fixtures.versions[index & 3], route: routes[index % 50], address: nil))
                    }
                    settle()
                },
                work: {
                    for slot in opened { roster.close(slot) }
                    opened.removeAll(keepingCapacity: true)
                    return roster.total
                })
        }
    }
}
