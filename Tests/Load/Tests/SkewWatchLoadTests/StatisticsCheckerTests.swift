import Testing

@testable import SkewWatchLoad

@Suite struct StatisticsCheckerTests {
    private func message(_ json: String) throws -> ServerMessage { try ServerMessage.read(Array(json.utf8)) }

    /// Three tabs, told by a list and an empty delta: a and b on v1, c on v2. The next delta has number 8.
    private func checker() throws -> StatisticsChecker {
        var checker = try checkerAfterList()
        #expect(checker.takeDelta(try delta(#""total":3"#, seq: 7)) == [])
        return checker
    }

    /// The same, told by a list alone: the next delta has number 7.
    private func checkerAfterList() throws -> StatisticsChecker {
        var checker = StatisticsChecker(mostListed: 4)
        let found = checker.takeSnapshot(
            try message(
                """
                {"type":"stats","seq":6,"total":3,"versions":{"v1":2,"v2":1},"routes":{"/":3},"connections":[
                {"id":"a","version":"v1","route":"/"},{"id":"b","version":"v1","route":"/"},{"id":"c","version":"v2","route":"/"}],"yourId":"a"}
                """))
        #expect(found == [])
        return checker
    }

    private func delta(_ rest: String, seq: Int = 8) throws -> ServerMessage {
        try message(#"{"type":"stats-delta","seq":\#(seq),\#(rest)}"#)
    }

    @Test func `a right delta changes what is known and finds nothing`() throws {
        var checker = try checker()
        let found = checker.takeDelta(
            try delta(
                """
                "total":3,"versions":{"v2":null,"v3":1},"routes":{"/":2,"/x":1},"opened":[{"id":"d","version":"v3","route":"/"}],
                "changed":[{"id":"b","version":"v1","route":"/x"}],"closed":["c"]
                """))
        #expect(found == [])
        #expect(checker.seq == 8)
        #expect(checker.versions == ["v1": 2, "v3": 1])
        #expect(checker.rows["b"]?.route == "/x")
        #expect(checker.rows["c"] == nil)
        #expect(checker.ownID == "a")
    }

    @Test func `a gap in seq is found, and so is the same number twice`() throws {
        var checker = try checker()
        #expect(checker.takeDelta(try delta(#""total":3"#, seq: 9)) == [.gap(expected: 8, got: 9)])
        #expect(checker.takeDelta(try delta(#""total":3"#, seq: 9)) == [.gap(expected: 10, got: 9)])
        #expect(checker.takeDelta(try delta(#""total":3"#, seq: 10)) == [])
    }

    @Test func `a delta before any snapshot is found`() throws {
        var checker = StatisticsChecker(mostListed: 4)
        #expect(checker.takeDelta(try delta(#""total":0"#)) == [.deltaWithoutSnapshot])
    }

    @Test func `a snapshot may skip numbers but not go back`() throws {
        var checker = try checker()
        let empty = #""total":0,"versions":{},"routes":{},"connections":[]}"#
        #expect(checker.takeSnapshot(try message(#"{"type":"stats","seq":20,"# + empty)) == [])
        #expect(checker.takeSnapshot(try message(#"{"type":"stats","seq":19,"# + empty)) == [.backwards(from: 20, to: 19)])
    }

    @Test func `a row that opens twice is found`() throws {
        var checker = try checker()
        let found = checker.takeDelta(try delta(#""total":3,"opened":[{"id":"a","version":"v1","route":"/"}]"#))
        #expect(found == [.openedTwice("a")])
    }

    @Test func `an unknown id that changes is found, and one that closes came and went between two deltas`() throws {
        var first = try checker()
        #expect(first.takeDelta(try delta(#""total":3,"closed":["z"]"#)) == [])
        #expect(first.flashes == 1)
        var second = try checker()
        let found = second.takeDelta(
            try delta(#""total":4,"versions":{"v1":3},"routes":{"/":4},"changed":[{"id":"z","version":"v1","route":"/"}]"#))
        #expect(found == [.changedUnknown("z")])
    }

    @Test func `what the first delta after a list repeats is counted apart, the next delta may repeat nothing`() throws {
        var checker = try checkerAfterList()
        let again = #""total":3,"opened":[{"id":"a","version":"v1","route":"/"}],"closed":["z"]"#
        #expect(checker.takeDelta(try delta(again, seq: 7)) == [])
        #expect(checker.repeats == 2)
        #expect(checker.rows.count == 3)
        #expect(checker.takeDelta(try delta(again, seq: 8)) == [.openedTwice("a")])
        #expect(checker.repeats == 2 && checker.flashes == 1)
    }

    @Test func `a row that closes twice is found`() throws {
        var checker = try checker()
        #expect(checker.takeDelta(try delta(#""total":2,"versions":{"v2":null},"routes":{"/":2},"closed":["c"]"#)) == [])
        #expect(checker.takeDelta(try delta(#""total":2,"closed":["c"]"#, seq: 9)) == [.closedUnknown("c")])
    }

    @Test func `a count that the rows deny is found`() throws {
        var checker = try checker()
        let found = checker.takeDelta(
            try delta(#""total":2,"versions":{"v1":1},"routes":{"/":2},"closed":["c"]"#))
        #expect(
            found == [.version("v1", told: 1, so: 2), .version("v2", told: 1, so: 0)]
                || found == [.version("v2", told: 1, so: 0), .version("v1", told: 1, so: 2)])
    }

    @Test func `a count that was left out of a delta is found`() throws {
        var checker = try checker()
        let found = checker.takeDelta(
            try delta(#""total":3,"changed":[{"id":"b","version":"v1","route":"/x"}]"#))
        #expect(Set(found) == [.route("/", told: 3, so: 2), .route("/x", told: 0, so: 1)])
    }

    @Test func `a total that the rows and sums deny is found`() throws {
        var checker = try checker()
        let found = checker.takeDelta(try delta(#""total":4"#))
        #expect(Set(found) == [.total(told: 4, so: 3), .sum(of: "versions", told: 3, total: 4), .sum(of: "routes", told: 3, total: 4)])
    }

    @Test func `a snapshot with a row twice or a wrong count is found`() throws {
        var checker = StatisticsChecker(mostListed: 4)
        let found = checker.takeSnapshot(
            try message(
                """
                {"type":"stats","seq":1,"total":2,"versions":{"v1":2},"routes":{},"connections":[
                {"id":"a","version":"v1","route":"/"},{"id":"a","version":"v1","route":"/"}],"yourId":"a"}
                """))
        #expect(found == [.listedTwice("a")])
        let wrong = checker.takeSnapshot(
            try message(
                #"{"type":"stats","seq":2,"total":1,"versions":{"v2":1},"routes":{},"connections":[{"id":"a","version":"v1","route":"/"}]}"#
            ))
        #expect(wrong == [.version("v1", told: 0, so: 1), .version("v2", told: 1, so: 0)])
    }

    @Test func `a cut list and a summary are not held against their rows`() throws {
        var checker = StatisticsChecker(mostListed: 4)
        let cut =
            #"{"type":"stats","seq":1,"total":3,"versions":{"v1":3},"routes":{},"truncated":2,"connections":[{"id":"a","version":"v1","route":"/"}]}"#
        #expect(checker.takeSnapshot(try message(cut)) == [])
        #expect(!checker.listsAll)
        #expect(checker.takeDelta(try delta(#""total":2,"versions":{"v1":2},"closed":["z"]"#, seq: 2)) == [])
        var summary = StatisticsChecker(mostListed: 4)
        #expect(summary.takeSnapshot(try message(#"{"type":"stats","seq":1,"total":3,"versions":{"v1":3},"routes":{"/":3}}"#)) == [])
        #expect(
            summary.takeSnapshot(try message(#"{"type":"stats","seq":2,"total":3,"versions":{"v1":2},"routes":{"/":3}}"#)) == [
                .sum(of: "versions", told: 2, total: 3)
            ])
    }

    @Test func `deltas beyond the length of the list are not held against the rows, not even when they are back within it`() throws {
        var checker = try checker()
        let opened = #""opened":[{"id":"d","version":"v1","route":"/"}]"#
        #expect(checker.takeDelta(try delta(#""total":5,"versions":{"v1":4},"routes":{"/":5},"# + opened)) == [])
        #expect(!checker.listsAll)
        #expect(checker.takeDelta(try delta(#""total":3,"versions":{"v1":2},"routes":{"/":3},"closed":["y"]"#, seq: 9)) == [])
        let again = checker.takeDelta(try delta(#""total":3,"versions":{"v1":1}"#, seq: 10))
        #expect(again == [.sum(of: "versions", told: 2, total: 3)])
    }

    @Test func `what is beyond the limits counts as other and is not held against the rows`() throws {
        var checker = StatisticsChecker(mostListed: 4)
        let json =
            #"{"type":"stats","seq":1,"total":1,"versions":{"(other)":1},"routes":{},"connections":[{"id":"a","version":"v1","route":"/"}]}"#
        #expect(checker.takeSnapshot(try message(json)) == [])
    }

    @Test func `truth finds what is absent, strange and different`() throws {
        let checker = try checker()
        var truth = Truth(knowsRows: true)
        for row in [("a", "v1", "/"), ("b", "v1", "/other"), ("d", "v2", "/")] {
            truth.add(.init(id: row.0, version: row.1, route: row.2))
        }
        let found = checker.compare(with: truth)
        #expect(Set(found) == [.route("/", told: 3, so: 2), .route("/other", told: 0, so: 1), .differs("b"), .absent("d"), .stranger("c")])
    }

    @Test func `without ids only counts are compared`() throws {
        let checker = try checker()
        var truth = Truth(knowsRows: false)
        for index in 0..<3 { truth.add(.init(id: "tab \(index)", version: index < 2 ? "v1" : "v2", route: "/")) }
        #expect(checker.compare(with: truth) == [])
        truth.add(.init(id: "tab 3", version: "v2", route: "/"))
        #expect(Set(checker.compare(with: truth)) == [.total(told: 3, so: 4), .version("v2", told: 1, so: 2), .route("/", told: 3, so: 4)])
    }

    @Test func `deltas that led elsewhere than a snapshot are found`() throws {
        let checker = try checker()
        #expect(checker.compare(withSnapshot: checker) == [])
        var moved = checker
        _ = moved.takeDelta(try delta(#""total":3,"routes":{"/":2,"/x":1},"changed":[{"id":"b","version":"v1","route":"/x"}]"#))
        #expect(Set(checker.compare(withSnapshot: moved)) == [.route("/", told: 3, so: 2), .route("/x", told: 0, so: 1), .differs("b")])
        var closed = checker
        _ = closed.takeDelta(try delta(#""total":2,"versions":{"v2":null},"routes":{"/":2},"closed":["c"]"#))
        #expect(checker.compare(withSnapshot: closed).contains(.stranger("c")))
        #expect(closed.compare(withSnapshot: checker).contains(.absent("c")))
    }

    @Test func `of several nodes counts may come before rows, and all must agree at rest`() throws {
        let list = """
            {"type":"stats","seq":6,"total":2,"versions":{"v1":2},"routes":{"/":2},
            "connections":[{"id":"a","version":"v1","route":"/"},{"id":"b","version":"v1","route":"/"}]}
            """
        let early = try delta(#""total":3,"versions":{"v1":3},"partial":["unsynced"]"#, seq: 7)
        var (one, several) = (StatisticsChecker(mostListed: 4), StatisticsChecker(mostListed: 4, isOfOneNode: false))
        let whole = try message(list)
        #expect(one.takeSnapshot(whole) == [])
        #expect(several.takeSnapshot(whole) == [])
        let found = one.takeDelta(early)
        #expect(found.contains(.total(told: 3, so: 2)))
        #expect(several.takeDelta(early) == [])
        #expect(several.partials == 1 && several.doubts == ["unsynced"])
        var truth = Truth(knowsRows: true)
        for id in ["a", "b", "c"] { truth.add(.init(id: id, version: "v1", route: "/")) }
        #expect(several.compare(with: truth) == [.partial("unsynced"), .route("/", told: 2, so: 3), .absent("c")])
        let late = try delta(#""total":3,"routes":{"/":3},"opened":[{"id":"c","version":"v1","route":"/"}]"#)
        #expect(several.takeDelta(late) == [])
        #expect(several.compare(with: truth) == [] && several.partials == 1)
        #expect(several.takeDelta(try delta(#""total":3,"versions":{"v1":2}"#, seq: 9)) == [.sum(of: "versions", told: 2, total: 3)])
        #expect(several.takeDelta(try delta(#""total":3,"versions":{"v1":3}"#, seq: 11)) == [.gap(expected: 10, got: 11)])
    }
}
