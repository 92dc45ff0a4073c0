import Presence
import Testing

struct RosterTests {
    private func roster(versions: Int = 10, routes: Int = 10) -> Roster { Roster(maxVersions: versions, maxRoutes: routes) }

    @Test func `names that mean something to JavaScript are ordinary keys`() {
        var roster = roster()
        for (number, name) in ["__proto__", "constructor", "__proto__", "toString"].enumerated() {
            _ = roster.open(ConnectionID(number), version: name, route: name, address: nil)
        }
        #expect(roster.summary.versions == ["__proto__": 2, "constructor": 1, "toString": 1])
        #expect(roster.summary.routes == roster.summary.versions)
    }

    @Test func `a name beyond the cap counts and shows as other, and the cap is for the rest alone`() {
        var roster = roster(versions: 1)
        _ = roster.open(ConnectionID(0), version: Statistics.otherName, route: "/", address: nil)
        let first = roster.open(ConnectionID(1), version: "v1", route: "/", address: nil)
        let beyond = roster.open(ConnectionID(2), version: "v2", route: "/", address: nil)
        #expect(roster.summary.versions == ["v1": 1, "(other)": 2])
        #expect(roster.row(at: beyond).version == "(other)")
        roster.close(first)
        let later = roster.open(ConnectionID(3), version: "v3", route: "/", address: nil)
        #expect(roster.row(at: later).version == "v3", "v1 is gone and has left its place.")
        #expect(roster.row(at: beyond).version == "(other)", "Where a connection was counted it stays.")
    }

    @Test func `a connection alone on its route can leave for a new one at the cap`() {
        var roster = roster(routes: 1)
        let slot = roster.open(ConnectionID(1), version: "v", route: "/a", address: nil)
        roster.startRecording(listing: 10)
        roster.move(slot, to: "/b")
        roster.move(slot, to: "/c")
        #expect(roster.row(at: slot).route == "/c")
        let delta = roster.takeChanges(listing: 10, rows: true)
        #expect(delta.routes == ["/a": 0, "/c": 1], "What came and went is not mentioned.")
        #expect(delta.changed.map(\.route) == ["/c"])
    }

    @Test func `names that come and go within a window leave no trace in the table`() {
        var roster = roster(versions: 2, routes: 2)
        let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
        roster.startRecording(listing: 10)
        for number in 0..<1000 { roster.move(slot, to: "/\(number)") }
        #expect(roster.routeKeyLimit <= 5)
    }

    @Test func `moves among the routes beyond the cap are no change`() {
        var roster = roster(routes: 0)
        let slot = roster.open(ConnectionID(1), version: "v", route: "/a", address: nil)
        roster.startRecording(listing: 10)
        roster.move(slot, to: "/b")
        #expect(roster.takeChanges(listing: 10, rows: true).isEmpty)
    }

    @Test func `a row that opened and closed between two takes appears nowhere`() {
        var roster = roster()
        roster.startRecording(listing: 10)
        let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
        roster.move(slot, to: "/a")
        roster.close(slot)
        #expect(roster.takeChanges(listing: 10, rows: true).isEmpty)
    }

    @Test func `a row is not listed before a take has told it`() {
        var roster = roster()
        roster.startRecording(listing: 10)
        let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
        #expect(roster.listedRows.isEmpty)
        roster.move(slot, to: "/a")
        let delta = roster.takeChanges(listing: 10, rows: true)
        #expect(delta.opened == [ConnectionRow(id: ConnectionID(1), version: "v", route: "/a")])
        #expect(delta.changed.isEmpty)
        #expect(roster.listedRows == delta.opened)
    }

    @Test func `when a listed row closes the longest waiting one takes its place`() {
        var roster = roster()
        roster.startRecording(listing: 2)
        let slots = (0..<5).map { roster.open(ConnectionID($0), version: "v", route: "/", address: nil) }
        #expect(roster.takeChanges(listing: 2, rows: true).opened.map(\.id) == [ConnectionID(0), ConnectionID(1)])
        roster.close(slots[2])
        roster.close(slots[0])
        _ = roster.open(ConnectionID(5), version: "v", route: "/", address: nil)
        let delta = roster.takeChanges(listing: 2, rows: true)
        #expect(delta.closed == [ConnectionID(0)])
        #expect(delta.opened.map(\.id) == [ConnectionID(3)])
        #expect(delta.listed == 2)
        #expect(delta.total == 4)
    }

    @Test func `a smaller limit takes no row away`() {
        var roster = roster()
        for number in 0..<5 { _ = roster.open(ConnectionID(number), version: "v", route: "/", address: nil) }
        roster.startRecording(listing: 5)
        #expect(roster.takeChanges(listing: 1, rows: true).isEmpty)
        #expect(roster.listed == 5)
    }

    @Test func `a closed row's slot, used again and listed, tells the new row only once`() {
        var roster = roster()
        let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
        roster.startRecording(listing: 10)
        roster.move(slot, to: "/a")
        roster.close(slot)
        let again = roster.open(ConnectionID(2), version: "v", route: "/", address: nil)
        #expect(again == slot)
        let delta = roster.takeChanges(listing: 10, rows: true)
        #expect(delta.opened.map(\.id) == [ConnectionID(2)])
        #expect(delta.changed.isEmpty)
        #expect(delta.closed == [ConnectionID(1)])
    }

    @Test func `a reused slot does not inherit an address`() {
        var roster = roster()
        let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: "192.0.2.1")
        #expect(roster.row(at: slot).address == "192.0.2.1")
        roster.close(slot)
        let again = roster.open(ConnectionID(2), version: "v", route: "/", address: nil)
        #expect(again == slot)
        #expect(roster.row(at: again).address == nil)
    }

    @Test func `a copy stays as it was while the original goes on`() {
        var roster = roster()
        let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
        roster.startRecording(listing: 10)
        let copy = roster
        roster.move(slot, to: "/a")
        roster.close(slot)
        #expect(copy.snapshot.rows == [ConnectionRow(id: ConnectionID(1), version: "v", route: "/")])
        #expect(copy.summary.routes == ["/": 1])
    }

    @Test func `keys stay below their limit`() {
        var roster = roster()
        for number in 0..<8 { _ = roster.open(ConnectionID(number), version: "v\(number % 3)", route: "/\(number)", address: nil) }
        roster.startRecording(listing: 10)
        var visited = 0
        roster.forEachListed { _, version, route, _ in
            visited += 1
            #expect((0..<roster.versionKeyLimit).contains(version))
            #expect((0..<roster.routeKeyLimit).contains(route))
        }
        #expect(visited == 8)
    }

    @Test func `two spellings of one text are one name, shown as it came first`() {
        var roster = roster()
        let composed = roster.open(ConnectionID(1), version: "v", route: "/caf\u{e9}", address: nil)
        let decomposed = roster.open(ConnectionID(2), version: "v", route: "/cafe\u{301}", address: nil)
        #expect(roster.summary.routes.count == 1)
        #expect(Array(roster.row(at: decomposed).route.utf8) == Array(roster.row(at: composed).route.utf8))
    }

    @Test func `using the slot of a closed connection traps`() async {
        await #expect(processExitsWith: .failure) {
            var roster = Roster(maxVersions: 1, maxRoutes: 1)
            let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
            roster.close(slot)
            roster.close(slot)
        }
        await #expect(processExitsWith: .failure) {
            var roster = Roster(maxVersions: 1, maxRoutes: 1)
            let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
            roster.close(slot)
            roster.move(slot, to: "/a")
        }
        await #expect(processExitsWith: .failure) {
            var roster = Roster(maxVersions: 1, maxRoutes: 1)
            let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
            roster.close(slot)
            _ = roster.row(at: slot)
        }
    }

    @Test func `taking changes without recording traps`() async {
        await #expect(processExitsWith: .failure) {
            var roster = Roster(maxVersions: 1, maxRoutes: 1)
            _ = roster.takeChanges(listing: 1, rows: true)
        }
    }
}
