import Presence
import Testing

struct RosterTests {
    @Test func `names that mean something to JavaScript are ordinary keys`() {
        var roster = Roster()
        for (number, name) in ["__proto__", "constructor", "__proto__", "toString"].enumerated() {
            _ = roster.open(ConnectionID(number), version: name, route: name, address: nil)
        }
        #expect(roster.summary.versions == ["__proto__": 2, "constructor": 1, "toString": 1])
        #expect(roster.summary.routes == roster.summary.versions)
    }

    @Test func `each name is counted by itself, however many there are`() {
        var roster = Roster()
        for number in 0..<3000 { _ = roster.open(ConnectionID(number), version: "v\(number)", route: "/", address: nil) }
        #expect(roster.summary.versions.count == 3000 && roster.summary.versions.values.allSatisfy { $0 == 1 })
    }

    @Test func `who says just other is counted there`() {
        var roster = Roster()
        let slot = roster.open(ConnectionID(0), version: Statistics.otherName, route: "/", address: nil)
        #expect(roster.summary.versions == ["(other)": 1] && roster.row(at: slot).version == "(other)")
    }

    @Test func `rows are told again where their names are shown otherwise`() {
        var roster = Roster()
        let slots = ["a", "b", "c", "d"].enumerated().map {
            roster.open(ConnectionID($0.offset), version: $0.element, route: "/\($0.element)", address: nil)
        }
        roster.startRecording(listing: 3)
        _ = roster.open(ConnectionID(9), version: "a", route: "/", address: nil)
        roster.close(slots[2])
        roster.retell(RenamedNames(versions: ["a", "unknown"], routes: ["/b", "/c", "/d"]))
        let delta = roster.takeChanges(listing: 3, rows: true)
        #expect(delta.changed.map(\.id) == [ConnectionID(0), ConnectionID(1)], "Neither what is not listed nor what has closed.")
        #expect(delta.opened.map(\.id) == [ConnectionID(3)] && delta.closed == [ConnectionID(2)])
        roster.retell(RenamedNames())
        #expect(roster.takeChanges(listing: 3, rows: true).isEmpty)
    }

    @Test func `whose a connection is can be said when it opens or later, is counted by version, and goes with it`() {
        var roster = Roster()
        let slots = ["acme", nil, nil, "zeta"].enumerated().map {
            roster.open(ConnectionID($0.offset), version: $0.offset < 3 ? "old" : "new", route: "/", address: nil, tag: $0.element)
        }
        roster.startRecording(listing: 10)
        #expect(roster.tag(slots[1], "acme") && !roster.tag(slots[1], "acme"))
        #expect(roster.takeChanges(listing: 10, rows: true).changed.map(\.tag) == ["acme"])
        #expect(roster.tagsByVersion == ["old": ["acme": 2], "new": ["zeta": 1]])
        roster.close(slots[0])
        #expect(roster.tagsByVersion["old"] == ["acme": 1])
        let next = roster.open(ConnectionID(9), version: "old", route: "/", address: nil)
        #expect(next == slots[0] && roster.row(at: next).tag == nil && roster.row(at: slots[3]).tag == "zeta")
    }

    @Test func `a row that moved twice tells where it is, and no name in between`() {
        var roster = Roster()
        let slot = roster.open(ConnectionID(1), version: "v", route: "/a", address: nil)
        roster.startRecording(listing: 10)
        roster.move(slot, to: "/b")
        roster.move(slot, to: "/c")
        #expect(roster.row(at: slot).route == "/c")
        let delta = roster.takeChanges(listing: 10, rows: true)
        #expect(delta.routes == ["/a": 0, "/c": 1], "What came and went is not mentioned.")
        #expect(delta.changed.map(\.route) == ["/c"])
    }

    @Test func `a row says when it came to its route, and the next one in its slot has not moved`() {
        let start: Int64 = 1_800_000_000_000
        var roster = Roster(start: start)
        _ = roster.open(ConnectionID(1), version: "v", route: "/a", since: start, address: nil)
        let slot = roster.open(ConnectionID(2), version: "v", route: "/a", since: start, address: nil)
        #expect(roster.row(at: slot).moved == nil)
        roster.move(slot, to: "/a", at: start + 1000)
        #expect(roster.row(at: slot).moved == nil, "It is where it was.")
        roster.move(slot, to: "/b", at: start + 2010)
        roster.startRecording(listing: 10)
        #expect(roster.listedRows.map(\.moved) == [nil, start + 2000], "To a fiftieth of a second.")
        roster.move(slot, to: "/c", at: start + 3000)
        #expect(roster.takeChanges(listing: 10, rows: true).changed.map(\.moved) == [start + 3000])
        roster.close(slot)
        let next = roster.open(ConnectionID(3), version: "v", route: "/a", since: start, address: nil)
        #expect(next == slot && roster.row(at: next).moved == nil)
    }

    @Test func `names that come and go within a window leave no trace in the table`() {
        var roster = Roster()
        let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
        roster.startRecording(listing: 10)
        for number in 0..<1000 { roster.move(slot, to: "/\(number)") }
        #expect(roster.routeKeyLimit <= 5)
    }

    @Test func `a row that opened and closed between two takes appears nowhere`() {
        var roster = Roster()
        roster.startRecording(listing: 10)
        let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
        roster.move(slot, to: "/a")
        roster.close(slot)
        #expect(roster.takeChanges(listing: 10, rows: true).isEmpty)
    }

    @Test func `a row is not listed before a take has told it`() {
        var roster = Roster()
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
        var roster = Roster()
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

    @Test func `who does not run the release takes the place of who does`() {
        var roster = Roster()
        roster.setRelease("new")
        roster.startRecording(listing: 3)
        for number in 0..<5 { _ = roster.open(ConnectionID(number), version: "new", route: "/", address: nil) }
        _ = roster.takeChanges(listing: 3, rows: true)
        for number in 5..<7 { _ = roster.open(ConnectionID(number), version: "old", route: "/", address: nil) }
        let delta = roster.takeChanges(listing: 3, rows: true)
        #expect(delta.opened.map(\.id) == [ConnectionID(5), ConnectionID(6)] && delta.closed.count == 2)
        #expect(delta.listed == 3 && delta.listedCurrent == 1 && delta.waitingOld == 0)
        #expect(roster.listedRows.map(\.version) == ["old", "old", "new"])
        roster.setRelease("old")
        _ = roster.takeChanges(listing: 3, rows: true)
        #expect(roster.listedRows.map(\.version) == ["new", "new", "new"], "What was the release is behind now.")
    }

    @Test func `when a row opened is kept to a fiftieth of a second`() {
        var roster = Roster(start: 1_790_000_000_000)
        let slots = [0, 19, 20, 86_400_000, -5].map {
            roster.open(ConnectionID(1), version: "v", route: "/", since: 1_790_000_000_000 + $0, address: nil)
        }
        #expect(slots.map { roster.row(at: $0).since - 1_790_000_000_000 } == [0, 0, 20, 86_400_000, 0])
        roster.close(slots[2])
        let again = roster.open(ConnectionID(9), version: "v", route: "/", since: 1_790_000_000_040, address: nil)
        #expect(again == slots[2] && roster.row(at: again).since == 1_790_000_000_040)
    }

    @Test func `a pinned name that nobody runs is not mentioned, and its key is nobody else's`() {
        var roster = Roster()
        roster.startRecording(listing: 10)
        roster.setRelease("r")
        let slot = roster.open(ConnectionID(1), version: "r", route: "/", address: nil)
        roster.close(slot)
        #expect(roster.takeChanges(listing: 10, rows: true).isEmpty && roster.summary.versions.isEmpty)
        _ = roster.open(ConnectionID(2), version: "x", route: "/", address: nil)
        #expect(roster.takeChanges(listing: 10, rows: true).listedCurrent == 0)
        roster.setRelease(nil)
        _ = roster.open(ConnectionID(3), version: "y", route: "/", address: nil)
        #expect(roster.summary.versions == ["x": 1, "y": 1])
    }

    @Test func `a smaller limit takes no row away`() {
        var roster = Roster()
        for number in 0..<5 { _ = roster.open(ConnectionID(number), version: "v", route: "/", address: nil) }
        roster.startRecording(listing: 5)
        #expect(roster.takeChanges(listing: 1, rows: true).isEmpty)
        #expect(roster.listed == 5)
    }

    @Test func `a closed row's slot, used again and listed, tells the new row only once`() {
        var roster = Roster()
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
        var roster = Roster()
        let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: "192.0.2.1")
        #expect(roster.row(at: slot).address == "192.0.2.1")
        roster.close(slot)
        let again = roster.open(ConnectionID(2), version: "v", route: "/", address: nil)
        #expect(again == slot)
        #expect(roster.row(at: again).address == nil)
    }

    @Test func `a copy stays as it was while the original goes on`() {
        var roster = Roster()
        let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
        roster.startRecording(listing: 10)
        let copy = roster
        roster.move(slot, to: "/a")
        roster.close(slot)
        #expect(copy.snapshot.rows == [ConnectionRow(id: ConnectionID(1), version: "v", route: "/")])
        #expect(copy.summary.routes == ["/": 1])
    }

    @Test func `keys stay below their limit`() {
        var roster = Roster()
        for number in 0..<8 { _ = roster.open(ConnectionID(number), version: "v\(number % 3)", route: "/\(number)", address: nil) }
        roster.startRecording(listing: 10)
        var visited = 0
        roster.forEachListed(current: true) { row in
            visited += 1
            #expect((0..<roster.versionKeyLimit).contains(row.versionKey))
            #expect((0..<roster.routeKeyLimit).contains(row.routeKey))
        }
        #expect(visited == 8)
    }

    @Test func `two spellings of one text are one name, shown as it came first`() {
        var roster = Roster()
        let composed = roster.open(ConnectionID(1), version: "v", route: "/caf\u{e9}", address: nil)
        let decomposed = roster.open(ConnectionID(2), version: "v", route: "/cafe\u{301}", address: nil)
        #expect(roster.summary.routes.count == 1)
        #expect(Array(roster.row(at: decomposed).route.utf8) == Array(roster.row(at: composed).route.utf8))
    }

    @Test func `using the slot of a closed connection traps`() async {
        await #expect(processExitsWith: .failure) {
            var roster = Roster()
            let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
            roster.close(slot)
            roster.close(slot)
        }
        await #expect(processExitsWith: .failure) {
            var roster = Roster()
            let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
            roster.close(slot)
            roster.move(slot, to: "/a")
        }
        await #expect(processExitsWith: .failure) {
            var roster = Roster()
            let slot = roster.open(ConnectionID(1), version: "v", route: "/", address: nil)
            roster.close(slot)
            _ = roster.row(at: slot)
        }
    }

    @Test func `taking changes without recording traps`() async {
        await #expect(processExitsWith: .failure) {
            var roster = Roster()
            _ = roster.takeChanges(listing: 1, rows: true)
        }
    }
}
