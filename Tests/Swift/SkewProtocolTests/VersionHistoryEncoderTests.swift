import Presence
import SkewProtocol
import Testing

@Suite struct VersionHistoryEncoderTests {
    private func text(_ release: String?, _ spans: [(name: StaticString, history: VersionHistory)]) -> String {
        let bytes = VersionHistoryEncoder.encode(release: release, now: .seconds(125), nowMilliseconds: 1_700_000_000_000, spans: spans)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `each version has a number a step, zero where it had none and null where nobody looked`() {
        var history = VersionHistory(step: .seconds(10), capacity: 5)
        history.record(["b": 1, "a": 2], at: .seconds(100))
        history.record(["a": 3], at: .seconds(120))
        #expect(
            text("r1", [("hour", history)])
                == #"{"release":"r1","now":1700000000000,"hour":{"step":10000,"start":1699999975000,"versions":{"a":[2,null,3],"b":[1,null,0]}}}"#
        )
    }

    @Test func `no release is null, and spans without samples have no versions`() {
        let empty = VersionHistory(step: .seconds(10), capacity: 5)
        let text = text(nil, [("hour", empty), ("day", empty)])
        #expect(text.hasPrefix(#"{"release":null,"now":1700000000000,"hour":{"step":10000,"#))
        #expect(text.count(where: { $0 == "{" }) == 5 && text.hasSuffix(#""versions":{}}}"#) && text.contains(#""versions":{}},"day":"#))
    }

    @Test func `releases and acts come behind, where there are any, with what is known of each`() {
        let bytes = VersionHistoryEncoder.encode(
            release: "b", now: .zero, nowMilliseconds: 9, spans: [],
            releases: [.init(at: 1, version: "b", by: "ci", told: 3, target: "the tabs on /a"), .init(at: 2, version: "c")],
            acts: [
                Act(.announced, number: 7, at: 3, version: "d", by: "ann", told: 4, target: "x"),
                Act(.paced, number: 7, at: 4, version: "d", by: nil, told: 5, rate: 0),
                Act(.stopped, number: 7, at: 5, version: "\"", by: nil, told: 6, matching: 8),
            ])
        #expect(
            JSONValue(bytes.span)
                == JSONValue(
                    Array(
                        #"""
                        {"release":"b","now":9,"releases":[{"at":1,"version":"b","by":"ci","told":3,"target":"the tabs on /a"},
                        {"at":2,"version":"c","by":null,"told":null}],
                        "acts":[{"at":3,"kind":"announced","version":"d","by":"ann","told":4,"target":"x"},
                        {"at":4,"kind":"paced","version":"d","by":null,"told":5,"rate":0},
                        {"at":5,"kind":"stopped","version":"\"","by":null,"told":6,"matching":8}]}
                        """#.utf8
                    ).span))
    }

    @Test func `names are escaped and any name is a plain key`() {
        var history = VersionHistory(step: .seconds(10), capacity: 5)
        history.record(["\"\\\n": 1, "__proto__": 2], at: .zero)
        #expect(text("\"", [("day", history)]).hasSuffix(#""versions":{"\"\\\n":[1],"__proto__":[2]}}}"#))
        #expect(text("\"", []) == #"{"release":"\"","now":1700000000000}"#)
    }
}
