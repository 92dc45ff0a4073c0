import Presence
import Testing

@testable import SkewWatch

/// When the loop wakes who follows its changes.
struct RecordedRosterTests {
    private static let id = ConnectionID(randomHigh: 1, randomLow: 1)
    private var roster = RecordedRoster()

    @Test mutating func `nobody is woken while nobody follows`() {
        let (slot, isFirst) = roster.open(Self.id, version: "a", route: "/", address: nil, at: .zero)
        #expect(!isFirst)
        #expect(roster.move(slot, to: "/b", at: .zero) == false)
        #expect(roster.close(slot, at: .zero) == false)
        #expect(roster.countsByVersion == Statistics())
    }

    @Test mutating func `the first change after each collection wakes, and the newest is told`() {
        let before = roster.startRecording(listing: 10)
        #expect(before.total == 0)
        let (slot, isFirst) = roster.open(Self.id, version: "a", route: "/", address: nil, at: .seconds(1))
        #expect(isFirst)
        #expect(roster.move(slot, to: "/b", at: .seconds(2)) == false)
        let changes = roster.collect(listing: 10, rows: true, roster: false, renamed: RenamedNames())
        #expect(changes.lastChange == .seconds(2))
        #expect(changes.delta.opened.count == 1)
        let nothing = roster.collect(listing: 10, rows: true, roster: false, renamed: RenamedNames())
        #expect(nothing.lastChange == nil)
        #expect(roster.close(slot, at: .seconds(3)) == true)
        #expect(roster.stopRecording() == Statistics())
        let unfollowed = roster.open(Self.id, version: "a", route: "/", address: nil, at: .seconds(4))
        #expect(!unfollowed.isFirst)
    }

    @Test mutating func `who begins to follow has heard of all that was before`() {
        _ = roster.open(Self.id, version: "a", route: "/", address: nil, at: .seconds(1))
        let baseline = roster.startRecording(listing: 10)
        #expect(baseline.total == 1)
        let nothing = roster.collect(listing: 10, rows: true, roster: false, renamed: RenamedNames())
        #expect(nothing.lastChange == nil)
    }
}
