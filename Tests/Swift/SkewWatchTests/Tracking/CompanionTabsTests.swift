import Presence
import TestRandom
import Testing

@testable import SkewWatch

@Suite struct CompanionTabsTests {
    private func tab(_ name: Int, version: String = "v1", route: String = "/") -> CompanionTabs.Tab {
        .init(name: "tab-\(name)", version: version, route: route)
    }

    /// Carries out what a list comes to; the rows that there are then, by their slots.
    private func post(_ tabs: [CompanionTabs.Tab], to companions: inout CompanionTabs, _ roster: inout Roster, at index: Int = 0) {
        for action in companions.replace(tabs, at: index) {
            switch action {
            case .open(let tab):
                let id = ConnectionID(randomHigh: .random(in: 0...UInt64.max), randomLow: .random(in: 0...UInt64.max))
                companions.opened(tab, roster.open(id, version: tab.version, route: tab.route, address: nil), at: index)
            case .move(let slot, let route): roster.move(slot, to: route)
            case .close(let slot): roster.close(slot)
            }
        }
    }

    @Test(arguments: Seeds.some(20)) func `after each list the rows are the tabs of the newest lists`(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var (companions, roster) = (CompanionTabs(), Roster())
        var truth: [Int: [String: CompanionTabs.Tab]] = [:]
        for _ in 0..<300 {
            let index = Int.random(in: 0..<3, using: &dice)
            if Int.random(in: 0..<10, using: &dice) == 0 {
                for slot in companions.forget(index) { roster.close(slot) }
                truth[index] = nil
            } else {
                let tabs = (0..<Int.random(in: 0..<8, using: &dice)).map { _ in
                    tab(
                        .random(in: 0..<8, using: &dice), version: "v\(Int.random(in: 0..<2, using: &dice))",
                        route: "/\(Int.random(in: 0..<3, using: &dice))")
                }
                post(tabs, to: &companions, &roster, at: index)
                truth[index] = Dictionary(tabs.map { ($0.name, $0) }) { first, _ in first }
            }
            let all = truth.values.flatMap(\.values)
            #expect(roster.total == all.count)
            #expect(roster.versionCounts == Dictionary(all.map { ($0.version, 1) }, uniquingKeysWith: +))
            #expect(roster.summary.routes == Dictionary(all.map { ($0.route, 1) }, uniquingKeysWith: +))
        }
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
