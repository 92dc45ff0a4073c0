import Presence
import SkewCluster
import Testing

@testable import SkewWatch

@Suite struct HeldTabsTests {
    private let companion = CompanionTabs.Tab(key: TabKey(high: 1, low: 0), version: "v1", route: "/")
    private var tabs = HeldTabs()
    private let slot: Slot

    /// The connection at 3 stands for tab 30; it is a stream, and stands for tab 31 besides.
    init() {
        var roster = Roster()
        slot = roster.open(ConnectionID(randomHigh: 1, randomLow: 1), version: "v1", route: "/", address: nil)
        tabs.hold(30, at: 3)
        _ = tabs.replaceCompanions([companion], at: 3)
        tabs.openedCompanion(companion, slot, 31, at: 3)
    }

    @Test mutating func `a connection of the tab's own stands for it until it is forgotten`() {
        #expect(tabs.giveWay(30, at: 3) == .own)
        #expect(tabs.number(at: 3) == 30)
        #expect(tabs.forget(3).number == 30)
        #expect(tabs.number(at: 3) == nil && tabs.giveWay(30, at: 3) == nil)
    }

    @Test mutating func `a stream that gives a tab up stands for it no more, and goes on for its own`() {
        #expect(tabs.giveWay(31, at: 3) == .shared(slot))
        #expect(tabs.giveWay(31, at: 3) == nil)
        #expect(tabs.number(at: 3) == 30)
        #expect(tabs.forget(3).companions.isEmpty)
    }

    @Test mutating func `with a stream go the tabs that shared it`() {
        let gone = tabs.forget(3)
        #expect(gone.number == 30)
        #expect(
            gone.companions.map(\.slot) == [slot] && gone.companions.map(\.number) == [31] && gone.companions.map(\.key) == [companion.key])
        let again = tabs.forget(3)
        #expect(again.number == nil && again.companions.isEmpty)
    }

    @Test mutating func `where nobody stood, nobody gives way and nothing goes`() {
        for index in [0, 2, 4, 1000] {
            #expect(tabs.number(at: index) == nil && tabs.giveWay(30, at: index) == nil && tabs.giveWay(31, at: index) == nil)
            let gone = tabs.forget(index)
            #expect(gone.number == nil && gone.companions.isEmpty)
        }
        #expect(tabs.number(at: 3) == 30)
    }
}
