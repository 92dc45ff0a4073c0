import Presence
import SkewCluster
import TestRandom
import Testing

@testable import SkewWatch

@Suite struct CompanionTabsTests {
    private func tab(_ name: Int, version: String = "v1", route: String = "/") -> CompanionTabs.Tab {
        .init(key: TabKey(high: UInt64(name), low: 0), version: version, route: route)
    }

    /// Carries out what a list comes to; the rows that there are then, by their slots.
    private func post(_ tabs: [CompanionTabs.Tab], to companions: inout CompanionTabs, _ roster: inout Roster, at index: Int = 0) {
        for action in companions.replace(tabs, at: index) {
            switch action {
            case .open(let tab):
                let id = ConnectionID(randomHigh: .random(in: 0...UInt64.max), randomLow: .random(in: 0...UInt64.max))
                companions.opened(tab, roster.open(id, version: tab.version, route: tab.route, address: nil), at: index)
            case .move(let slot, let route): roster.move(slot, to: route)
            case .close(let slot, _): roster.close(slot)
            }
        }
    }

    @Test(arguments: Seeds.some(20)) func `after each list the rows are the tabs of the newest lists`(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var (companions, roster) = (CompanionTabs(), Roster())
        var truth: [Int: [TabKey: CompanionTabs.Tab]] = [:]
        for _ in 0..<300 {
            let index = Int.random(in: 0..<3, using: &dice)
            if Int.random(in: 0..<10, using: &dice) == 0 {
                for row in companions.forget(index) { roster.close(row.slot) }
                truth[index] = nil
            } else {
                let tabs = (0..<Int.random(in: 0..<8, using: &dice)).map { _ in
                    tab(
                        .random(in: 0..<8, using: &dice), version: "v\(Int.random(in: 0..<2, using: &dice))",
                        route: "/\(Int.random(in: 0..<3, using: &dice))")
                }
                post(tabs, to: &companions, &roster, at: index)
                truth[index] = Dictionary(tabs.map { ($0.key, $0) }) { first, _ in first }
            }
            let all = truth.values.flatMap(\.values)
            #expect(roster.total == all.count)
            #expect(roster.versionCounts == Dictionary(all.map { ($0.version, 1) }, uniquingKeysWith: +))
            #expect(roster.summary.routes == Dictionary(all.map { ($0.route, 1) }, uniquingKeysWith: +))
        }
    }

    @Test func `a tab that another connection stands for leaves the list, and comes back with the next one`() throws {
        var (companions, roster) = (CompanionTabs(), Roster())
        guard case .open(let first)? = companions.replace([tab(1)], at: 0).first else { throw CancellationError() }
        let slot = roster.open(ConnectionID(randomHigh: 1, randomLow: 1), version: "v1", route: "/", address: nil)
        companions.opened(first, slot, 7, at: 0)
        #expect(companions.remove(8, at: 0) == nil && companions.remove(7, at: 1) == nil)
        #expect(companions.remove(7, at: 0) == slot && companions.remove(7, at: 0) == nil)
        #expect(companions.replace([tab(1)], at: 0) == [.open(tab(1))])
    }

    @Test func `a list is cut at fifty, and the same list again changes nothing`() {
        var (companions, roster) = (CompanionTabs(), Roster())
        let many = (0..<60).map { tab($0) }
        post(many, to: &companions, &roster)
        #expect(roster.total == 50)
        #expect(companions.replace(many, at: 0).isEmpty)
        #expect(companions.forget(0).count == 50 && companions.forget(0).isEmpty)
    }
}
