import Presence
import SkewProtocol
import TestRandom
import Testing

/// Rosters with rows, and the view over all of them.
struct Fleet {
    var rosters: [Roster] = []
    var view = FleetView(maxVersions: 200, maxRoutes: 200, maxListed: 1_000)

    mutating func add(_ rows: [ConnectionRow], listing: Int = 1_000, release: String? = nil) {
        var roster = Roster()
        roster.startRecording(listing: listing)
        roster.setRelease(release)
        for row in rows {
            _ = roster.open(row.id, version: row.version, route: row.route, since: row.since, address: row.address, tag: row.tag)
        }
        view.apply(roster.takeChanges(listing: listing, rows: false), from: SourceID(rosters.count))
        _ = view.takePending(rows: false)
        rosters.append(roster)
    }

    func encoded(
        _ scope: StatisticsForm.Scope = .ips, lists: Bool = true, tracksRoutes: Bool = true, envelope: StatisticsEncoder.Envelope = .message
    ) -> [UInt8] {
        var encoder = StatisticsEncoder(
            form: StatisticsForm(scope: scope, listsConnections: lists, tracksRoutes: tracksRoutes), envelope: envelope)
        encoder.begin(total: view.total, versions: view.versions, routes: view.routes)
        encoder.append(rowsOf: rosters, shownBy: view)
        return encoder.finish(sequence: 7, timestampMilliseconds: 1_790_000_000_123, truncated: view.truncated)
    }

    func text(
        _ scope: StatisticsForm.Scope = .ips, lists: Bool = true, tracksRoutes: Bool = true, envelope: StatisticsEncoder.Envelope = .message
    ) -> String {
        String(decoding: encoded(scope, lists: lists, tracksRoutes: tracksRoutes, envelope: envelope), as: UTF8.self)
    }
}

struct StatisticsEncoderTests {
    private let one = "00000000-0000-4001-8000-000000000001"
    private let two = "00000000-0000-4002-8000-000000000002"
    private let three = "00000000-0000-4003-8000-000000000003"

    /// Ids whose text can be read off the number: the version nibble sits above it.
    private func id(_ number: UInt64) -> ConnectionID { ConnectionID(randomHigh: number, randomLow: number) }

    private var fleet: Fleet {
        var fleet = Fleet()
        fleet.add([
            ConnectionRow(id: id(1), version: "v2", route: "/b", since: 20),
            ConnectionRow(id: id(2), version: "v1", route: "/a", since: 80_000_000_000, address: "::1"),
        ])
        fleet.add([])
        fleet.add([ConnectionRow(id: id(3), version: "v2", route: "/a\"")])
        return fleet
    }

    @Test func `a tag is told from its scope on, in front of the address, as a whole and as a change`() {
        let row = ConnectionRow(id: id(1), version: "v", route: "/", since: 20, address: "::1", tag: "a\"b")
        var fleet = Fleet()
        fleet.add([row])
        #expect(fleet.text(.tags).contains(#""since":20,"tag":"a\"b"}]"#) && fleet.text(.ips).contains(#""tag":"a\"b","ip":"::1"}]"#))
        #expect(!fleet.text(.connections).contains("tag"))
        let delta = StatisticsDelta(total: 1, listed: 1, changed: [row])
        for (scope, isShown) in [(StatisticsForm.Scope.connections, false), (.tags, true)] {
            let form = StatisticsForm(scope: scope, listsConnections: true, tracksRoutes: true)
            let text = String(decoding: StatisticsDeltaEncoder.encode(delta, sequence: 1, form: form), as: UTF8.self)
            #expect(text.contains(#""tag":"a\"b""#) == isShown)
        }
    }

    @Test
    func `the whole statistics name every connection of every loop, and keys come sorted`() {
        #expect(
            fleet.text()
                == #"{"type":"stats","total":3,"versions":{"v1":1,"v2":2},"routes":{"/a":1,"/a\"":1,"/b":1},"connections":["#
                + #"{"id":"\#(one)","version":"v2","route":"/b","since":20},"#
                + #"{"id":"\#(two)","version":"v1","route":"/a","since":80000000000,"ip":"::1"},"#
                + #"{"id":"\#(three)","version":"v2","route":"/a\"","since":0}],"seq":7,"timestamp":1790000000123"#)
    }

    @Test
    func `the tail closes the message with the receiver's own id`() throws {
        var bytes = fleet.encoded()
        let length = bytes.count
        StatisticsEncoder.appendTail(yourID: id(2), to: &bytes)
        #expect(String(decoding: bytes[length...], as: UTF8.self) == #","yourId":"\#(two)"}"#)
        #expect(bytes.count - length == StatisticsEncoder.tailLength)
        #expect(try object(bytes)["yourId"] as? String == two)
    }

    @Test
    func `a scope shows what it covers and nothing more`() {
        let tail = #","seq":7,"timestamp":1790000000123"#
        #expect(fleet.text(.counts) == #"{"type":"stats","total":3,"versions":{"v1":1,"v2":2}"# + tail)
        #expect(fleet.text(.routes) == #"{"type":"stats","total":3,"versions":{"v1":1,"v2":2},"routes":{"/a":1,"/a\"":1,"/b":1}"# + tail)
        #expect(!fleet.text(.connections).contains("ip"))
        #expect(fleet.text(.connections).contains(one))
        #expect(StatisticsForm.Scope.allCases == StatisticsForm.Scope.allCases.sorted())
    }

    @Test
    func `a summary has no rows whatever the scope`() {
        #expect(fleet.text(lists: false) == fleet.text(.routes))
    }

    @Test
    func `without route tracking routes are empty and every row says a slash`() {
        let text = fleet.text(tracksRoutes: false)
        #expect(text.contains(#""routes":{},"#))
        #expect(text.components(separatedBy: #""route":"/""#) == 4)
        #expect(!text.contains("/a") && !text.contains("/b"))
    }

    @Test
    func `the admin object has no type and no receiver and is closed`() throws {
        let text = fleet.text(lists: false, envelope: .admin)
        #expect(
            text == #"{"total":3,"versions":{"v1":1,"v2":2},"routes":{"/a":1,"/a\"":1,"/b":1},"seq":7,"timestamp":1790000000123}"#)
    }

    @Test
    func `how many rows are missing is said only where rows are missing from a list`() {
        var fleet = Fleet()
        fleet.add((1...5).map { ConnectionRow(id: id($0), version: "v", route: "/") }, listing: 3)
        #expect(fleet.text().hasSuffix(#"}],"seq":7,"timestamp":1790000000123,"truncated":2"#))
        #expect(fleet.text().components(separatedBy: #"{"id""#) == 4)
        #expect(!fleet.text(lists: false).contains("truncated"))
        #expect(!self.fleet.text().contains("truncated"))
    }

    @Test
    func `nobody connected is an empty list`() {
        #expect(
            Fleet().text() == #"{"type":"stats","total":0,"versions":{},"routes":{},"connections":[],"seq":7,"timestamp":1790000000123"#)
    }

    @Test
    func `names beyond the view's cap are shown as other in the rows, too`() {
        var fleet = Fleet()
        fleet.view = FleetView(maxVersions: 1, maxRoutes: 1, maxListed: 10)
        fleet.add([ConnectionRow(id: id(1), version: "v1", route: "/a")])
        fleet.add([ConnectionRow(id: id(2), version: "v2", route: "/b")])
        #expect(
            fleet.text().hasPrefix(
                #"{"type":"stats","total":2,"versions":{"(other)":1,"v1":1},"routes":{"(other)":1,"/a":1},"connections":["#
                    + #"{"id":"\#(one)","version":"v1","route":"/a","since":0},"#
                    + #"{"id":"\#(two)","version":"(other)","route":"(other)","since":0}]"#))
    }

    @Test
    func `rows that do not run the release come before the rest, over all loops`() throws {
        var fleet = Fleet()
        fleet.add([row(1, "new"), row(2, "old")], release: "new")
        fleet.add([row(3, "new"), row(4, "older")], release: "new")
        var bytes = fleet.encoded()
        StatisticsEncoder.appendTail(yourID: id(1), to: &bytes)
        let rows = try #require(try object(bytes)["connections"] as? [[String: Any]])
        #expect(rows.map { $0["version"] as? String } == ["old", "older", "new", "new"])
    }

    @Test
    func `who subscribes hears the scope and what is tracked`() {
        var encoder = StatisticsEncoder(form: StatisticsForm(scope: .counts, listsConnections: true, tracksRoutes: true))
        encoder.begin(total: 0, versions: [:], routes: [:])
        let bytes = encoder.finish(
            sequence: 7, timestampMilliseconds: 9, truncated: 0,
            tracked: TrackedParts(routes: true, addresses: false, tags: true, previews: ["preview-*", "\""]))
        #expect(
            String(decoding: bytes, as: UTF8.self).hasSuffix(
                #","timestamp":9,"scope":"counts","tracking":{"routes":true,"addresses":false,"tags":true},"previews":["preview-*","\""]"#))
    }

    private func row(_ number: UInt64, _ version: String) -> ConnectionRow { ConnectionRow(id: id(number), version: version, route: "/") }

    @Test
    func `rows as values are written like rows of a roster`() {
        let rows = [
            ConnectionRow(id: id(1), version: "v\n", route: "/b"), ConnectionRow(id: id(2), version: "v", route: "/", address: "1.2.3.4"),
        ]
        var fleet = Fleet()
        fleet.add(rows)
        for tracksRoutes in [true, false] {
            for scope in StatisticsForm.Scope.allCases {
                var encoder = StatisticsEncoder(form: StatisticsForm(scope: scope, listsConnections: true, tracksRoutes: tracksRoutes))
                encoder.begin(total: 2, versions: fleet.view.versions, routes: fleet.view.routes)
                encoder.append(rows: rows)
                let bytes = encoder.finish(sequence: 7, timestampMilliseconds: 1_790_000_000_123, truncated: 0)
                #expect(bytes == fleet.encoded(scope, tracksRoutes: tracksRoutes))
            }
        }
    }

    @Test
    func `any name survives as a key and in a row`() throws {
        var random = SeededGenerator(seed: 21)
        let names = ["__proto__", "constructor", "toString", "\"", "\\", "\u{2028}"] + (0..<300).map { _ in random.text(upTo: 12) + "x" }
        for name in names {
            var fleet = Fleet()
            fleet.add([ConnectionRow(id: id(1), version: name, route: name)])
            var bytes = fleet.encoded()
            StatisticsEncoder.appendTail(yourID: id(1), to: &bytes)
            let read = try object(bytes)
            #expect(read["versions"] as? [String: Int] == [name: 1])
            #expect(read["routes"] as? [String: Int] == [name: 1])
            let rows = try #require(read["connections"] as? [[String: Any]])
            #expect(rows.map { $0["version"] as? String } == [name] && rows.map { $0["route"] as? String } == [name])
        }
    }
}

extension String {
    /// How many parts the separator makes.
    fileprivate func components(separatedBy separator: String) -> Int {
        split(separator: separator, omittingEmptySubsequences: false).count
    }
}
