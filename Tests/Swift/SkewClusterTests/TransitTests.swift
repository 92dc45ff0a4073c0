import Testing

@testable import SkewCluster

/// Tabs between two nodes.
@Suite struct TransitTests {
    private let node = InstanceID(high: 1, low: 1)

    private func entry(_ number: UInt32, _ version: String = "a", due: Duration = .seconds(5)) -> TransitEntry {
        TransitEntry(id: TransitID(instance: node, number: number), version: version, route: "/\(number)", due: due)
    }

    @Test func `a tab is expected until one of its version came, but not before its time`() {
        var transit = Transit()
        transit.expect(entry(1), at: .zero)
        transit.expect(entry(2), at: .seconds(1))
        transit.arrived("a", at: .seconds(4))
        #expect(transit.count == 2, "nobody of them can be back yet")
        transit.arrived("b", at: .seconds(6))
        #expect(transit.count == 2, "that was another version")
        transit.arrived("a", at: .seconds(6))
        #expect(transit.counts(.routes) == ["/2": 1], "the oldest first")
    }

    @Test func `who does not come is let go three seconds after its time`() {
        var transit = Transit()
        transit.expect(entry(1), at: .zero)
        transit.expire(at: .milliseconds(7999))
        #expect(transit.count == 1)
        transit.expire(at: .seconds(8))
        #expect(transit.count == 0)
    }

    @Test func `said again, a tab is expected once, also after it came`() {
        var transit = Transit()
        transit.expect(entry(1), at: .zero)
        transit.expect(entry(1), at: .zero)
        #expect(transit.count == 1)
        transit.arrived("a", at: .seconds(5))
        transit.expect(entry(1), at: .seconds(5))
        #expect(transit.count == 0)
    }

    @Test func `one that was told of too late is not expected at all`() {
        var transit = Transit()
        transit.expect(entry(1, due: .seconds(-3)), at: .zero)
        #expect(transit.count == 0)
    }

    @Test func `of those that were adopted only those are kept that others expect, too`() {
        var transit = Transit()
        transit.expect(entry(1), isAdopted: true, at: .zero)
        transit.expect(entry(2), isAdopted: true, at: .zero)
        transit.expect(entry(3), at: .zero)
        transit.keepAdopted([entry(2).id])
        #expect(transit.counts(.routes) == ["/2": 1, "/3": 1])
    }

    @Test func `changes are told by name and step, and a snapshot has all`() {
        var transit = Transit()
        transit.expect(entry(1), at: .zero)
        transit.expect(entry(2, "b"), at: .zero)
        let first = transit.takeChanges(.summary)
        #expect(first == ["a": 1, "b": 1])
        transit.arrived("a", at: .seconds(5))
        let second = (transit.takeChanges(.summary), transit.takeChanges(.routes))
        #expect(second == (["a": -1], ["/2": 1]))
        #expect(transit.entries(at: .seconds(6)) == [entry(2, "b", due: .seconds(-1))])
    }
}
