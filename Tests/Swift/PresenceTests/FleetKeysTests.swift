import Presence
import Testing

/// Which names are shown under a cap of two, seen from outside: by the versions of a view.
@Suite struct FleetKeysTests {
    private var fleet = FleetView(maxVersions: 2, maxRoutes: 2, maxListed: 0)
    private let second = Duration.seconds(1)

    /// One round: who is shown is looked at anew, then the counts are what is said here.
    private mutating func round(
        at seconds: Double, _ versions: [String: Int], pinned: [String] = [], source: Int = 0
    ) -> (renamed: Set<String>, told: [String: Int]) {
        let renamed = fleet.reconsider(at: .seconds(seconds), pinned: pinned)
        fleet.replace(SourceID(source), with: Statistics(total: versions.values.reduce(0, +), versions: versions), listed: 0)
        return (renamed.versions, fleet.takePending(rows: false).versions)
    }

    @Test mutating func `while all fit nothing is hidden, and no time passes`() {
        #expect(round(at: 0, ["a": 1]).told == ["a": 1])
        #expect(round(at: 0, ["a": 1, "b": 2]).told["b"] == 2)
        #expect(fleet.versions == ["a": 1, "b": 2] && !fleet.isUnsettled)
    }

    @Test mutating func `the largest newcomers are shown, equals by name, whichever source comes first`() {
        for order in [[0, 1], [1, 0]] {
            fleet = FleetView(maxVersions: 2, maxRoutes: 2, maxListed: 0)
            let counts = [["d": 1, "c": 1, "a": 1], ["b": 1, "c": 1]]
            for source in order { fleet.replace(SourceID(source), with: Statistics(total: 3, versions: counts[source]), listed: 0) }
            #expect(fleet.takePending(rows: false).versions == ["c": 2, "a": 1, "(other)": 2])
        }
    }

    @Test mutating func `a hidden name comes up whole when a place is free`() {
        _ = round(at: 0, ["a": 5, "b": 5, "c": 3, "d": 2])
        #expect(fleet.versions == ["a": 5, "b": 5, "(other)": 5])
        #expect(round(at: 1, ["a": 5, "c": 3, "d": 2]).told["b"] == 0)
        #expect(fleet.isUnsettled, "A place is free.")
        let (renamed, told) = round(at: 2, ["a": 5, "c": 4, "d": 2])
        #expect(renamed == ["c"] && told == ["a": 5, "c": 4, "(other)": 2])
        #expect(fleet.versions == ["a": 5, "c": 4, "(other)": 2] && !fleet.isUnsettled)
    }

    @Test mutating func `a newcomer does not pass a hidden name by`() {
        _ = round(at: 0, ["a": 5, "b": 5, "c": 3])
        _ = round(at: 0.5, ["a": 5, "c": 3, "new": 1])
        #expect(fleet.versions == ["a": 5, "(other)": 4])
        _ = round(at: 1.5, ["a": 5, "c": 3, "new": 1])
        #expect(fleet.versions == ["a": 5, "c": 3, "(other)": 1])
    }

    @Test mutating func `a place goes to the larger count, but only after the grace`() {
        _ = round(at: 0, ["a": 5, "b": 2, "c": 1])
        _ = round(at: 1, ["a": 5, "b": 2, "c": 9])
        for time in 2...11 {
            #expect(round(at: Double(time), ["a": 5, "b": 2, "c": 9]).renamed.isEmpty)
            #expect(fleet.isUnsettled)
        }
        let (renamed, told) = round(at: 12, ["a": 5, "b": 2, "c": 9])
        #expect(renamed == ["b", "c"] && told["c"] == 9 && told["b"] == 0 && told["(other)"] == 2)
        #expect(fleet.versions == ["a": 5, "c": 9, "(other)": 2] && !fleet.isUnsettled)
    }

    @Test mutating func `who is the larger one only now and then waits anew each time`() {
        for time in 0..<60 {
            let count = time % 8 == 7 ? 1 : 9
            _ = round(at: Double(time), ["a": 10, "b": 2, "c": time == 0 ? 1 : count])
            #expect(fleet.versions["b"] == 2, "\(time)")
        }
    }

    @Test mutating func `among equals the order of names decides, after the grace, so that all nodes come to show the same`() {
        _ = round(at: 0, ["x": 1, "y": 1])
        _ = round(at: 1, ["x": 1, "y": 1, "a": 1, "b": 1])
        #expect(fleet.versions == ["x": 1, "y": 1, "(other)": 2])
        for time in 2...13 { _ = round(at: Double(time), ["x": 1, "y": 1, "a": 1, "b": 1]) }
        #expect(fleet.versions == ["a": 1, "b": 1, "(other)": 2])
    }

    @Test mutating func `the release and the one before it have a name, whatever they count, at once`() {
        _ = round(at: 0, ["x": 9, "y": 9])
        let (_, told) = round(at: 0.1, ["x": 9, "y": 8, "new": 1], pinned: ["new", "old"])
        #expect(told["new"] == 1)
        let (renamed, _) = round(at: 1.5, ["x": 9, "y": 8, "new": 1], pinned: ["new", "old"])
        #expect(renamed == ["y"] && fleet.versions == ["x": 9, "new": 1, "(other)": 8])
        _ = round(at: 2, ["x": 9, "y": 8, "new": 1, "old": 1], pinned: ["new", "old"])
        _ = round(at: 3, ["x": 9, "y": 8, "new": 1, "old": 1], pinned: ["new", "old"])
        #expect(fleet.versions == ["new": 1, "old": 1, "(other)": 17])
    }

    @Test mutating func `a hidden name that is announced is shown in the next round`() {
        _ = round(at: 0, ["x": 9, "y": 9, "new": 3])
        #expect(fleet.versions["new"] == nil)
        #expect(round(at: 0.1, ["x": 9, "y": 9, "new": 3], pinned: ["new"]).renamed == ["new", "y"])
        #expect(fleet.versions == ["x": 9, "new": 3, "(other)": 9])
    }

    @Test mutating func `strangers that came first do not keep a build from its name`() {
        fleet = FleetView(maxVersions: 200, maxRoutes: 1, maxListed: 0)
        var counts: [String: Int] = [:]
        for number in 0..<5000 { counts["x\(number)"] = 1 }
        _ = round(at: 0, counts)
        counts["build"] = 5
        for time in 1...12 { _ = round(at: Double(time), counts) }
        #expect(fleet.versions["build"] == 5 && fleet.versions.count == 201)
        #expect(fleet.versions.values.reduce(0, +) == 5005)
    }

    @Test mutating func `a name that comes back in the window it went in keeps its place only while that is free`() {
        _ = round(at: 0, ["a": 5, "b": 5, "c": 3])
        fleet.apply(StatisticsDelta(total: 8, listed: 0, versions: ["a": 0]), from: SourceID(0))
        #expect(fleet.reconsider(at: second).versions == ["c"])
        fleet.apply(StatisticsDelta(total: 10, listed: 0, versions: ["a": 2]), from: SourceID(0))
        #expect(fleet.takePending(rows: false).versions == ["a": 0, "c": 3, "(other)": 2])
        #expect(fleet.versions == ["b": 5, "c": 3, "(other)": 2])
    }

    @Test mutating func `a name that lost its place and came back hidden is counted in one place only`() {
        _ = round(at: 0, ["a": 5, "b": 5, "c": 3])
        fleet.apply(StatisticsDelta(total: 8, listed: 0, versions: ["a": 0]), from: SourceID(0))
        #expect(fleet.reconsider(at: second).versions == ["c"])
        fleet.apply(StatisticsDelta(total: 10, listed: 0, versions: ["a": 2]), from: SourceID(0))
        fleet.apply(StatisticsDelta(total: 6, listed: 0, versions: ["b": 0, "a": 3]), from: SourceID(0))
        fleet.apply(StatisticsDelta(total: 4, listed: 0, versions: ["a": 1]), from: SourceID(0))
        #expect(fleet.takePending(rows: false).versions == ["a": 1, "b": 0, "c": 3, "(other)": 0])
        #expect(fleet.versions == ["a": 1, "c": 3])
    }
}
