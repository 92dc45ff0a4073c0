import Presence
import SkewProtocol
import TestRandom
import Testing

struct StatisticsDeltaEncoderTests {
    private let one = "00000000-0000-4001-8000-000000000001"
    private let two = "00000000-0000-4002-8000-000000000002"
    private let three = "00000000-0000-4003-8000-000000000003"

    private var delta: StatisticsDelta {
        StatisticsDelta(
            total: 4, listed: 4, versions: ["v2": 3, "v1": 0], routes: ["/b": 2, "/a": 0],
            opened: [ConnectionRow(id: id(1), version: "v2", route: "/b", since: 5, address: "10.0.0.1")],
            changed: [ConnectionRow(id: id(2), version: "v2", route: "/b"), ConnectionRow(id: id(3), version: "v2", route: "/c")],
            closed: [id(3), id(1)])
    }

    private func text(_ delta: StatisticsDelta, _ scope: StatisticsForm.Scope = .ips, lists: Bool = true, tracksRoutes: Bool = true)
        -> String
    {
        let form = StatisticsForm(scope: scope, listsConnections: lists, tracksRoutes: tracksRoutes)
        return String(decoding: StatisticsDeltaEncoder.encode(delta, sequence: 8, form: form), as: UTF8.self)
    }

    @Test
    func `a delta says what changed, and null for what is gone`() {
        #expect(
            text(delta)
                == #"{"type":"stats-delta","seq":8,"total":4,"versions":{"v1":null,"v2":3},"routes":{"/a":null,"/b":2},"#
                + #""opened":[{"id":"\#(one)","version":"v2","route":"/b","since":5,"ip":"10.0.0.1"}],"#
                + #""changed":[{"id":"\#(two)","version":"v2","route":"/b","since":0},"#
                + #"{"id":"\#(three)","version":"v2","route":"/c","since":0}],"#
                + #""closed":["\#(three)","\#(one)"]}"#)
    }

    @Test
    func `empty parts are left out`() {
        #expect(text(StatisticsDelta(total: 4, listed: 4)) == #"{"type":"stats-delta","seq":8,"total":4}"#)
        #expect(
            text(StatisticsDelta(total: 4, listed: 4, closed: [id(1)])) == #"{"type":"stats-delta","seq":8,"total":4,"closed":["\#(one)"]}"#
        )
    }

    @Test
    func `a scope shows what it covers and nothing more`() {
        let counts = #"{"type":"stats-delta","seq":8,"total":4,"versions":{"v1":null,"v2":3}"#
        #expect(text(delta, .counts) == counts + "}")
        #expect(text(delta, .routes) == counts + #","routes":{"/a":null,"/b":2}}"#)
        #expect(text(delta, lists: false) == text(delta, .routes))
        #expect(!text(delta, .connections).contains("ip"))
        #expect(text(delta, .connections).contains(one))
    }

    @Test
    func `without route tracking a delta names no route`() {
        let text = text(delta, tracksRoutes: false)
        #expect(!text.contains("routes") && !text.contains("/b"))
        #expect(text.contains(#""route":"/""#))
    }

    @Test
    func `any name survives in a delta`() throws {
        var random = SeededGenerator(seed: 33)
        for _ in 0..<300 {
            let name = random.text(upTo: 12)
            let delta = StatisticsDelta(
                total: 1, listed: 1, versions: [name: 1], opened: [ConnectionRow(id: id(1), version: name, route: name, address: name)])
            let read = try object(Array(text(delta).utf8))
            #expect(read["versions"] as? [String: Int] == [name: 1])
            let rows = try #require(read["opened"] as? [[String: Any]])
            for key in ["version", "route", "ip"] { #expect(rows.map { $0[key] as? String } == [name]) }
        }
    }
}
