import Testing

@testable import SkewWatch

@Suite struct MetricsTextTests {
    private enum Colour: String, CaseIterable { case red, green }

    @Test(arguments: [
        (#"plain"#, #"plain"#), (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), ("\"\\\n", #"\"\\\n"#),
        (#"\n"#, #"\\n"#), ("ž\u{1F600}", "ž\u{1F600}"), ("\r\n", "\r\\n"), ("e\u{301}\"\u{301}", "e\u{301}\\\"\u{301}"), ("", ""),
    ])
    func `a label's value is escaped so that a line stays a line`(value: String, escaped: String) {
        var text = MetricsText()
        text.sample("x", [("a", value), ("b", "c")], 3)
        #expect(text.bytes == Array("skewwatch_x{a=\"\(escaped)\",b=\"c\"} 3\n".utf8))
    }

    @Test func `each value of a family has a sample, also at zero`() {
        var text = MetricsText()
        text.family("things_total", .counter, "Things.", label: "colour", [Colour.green: 2])
        let expected = """
            # HELP skewwatch_things_total Things.
            # TYPE skewwatch_things_total counter
            skewwatch_things_total{colour="red"} 0
            skewwatch_things_total{colour="green"} 2

            """
        #expect(String(decoding: text.bytes, as: UTF8.self) == expected)
    }

    @Test func `a counter whose name does not end in _total is a mistake`() async {
        await #expect(processExitsWith: .failure) {
            var text = MetricsText()
            text.begin("things", .counter, "Things.")
        }
        var text = MetricsText()
        text.begin("things", .gauge, "Things.")
        #expect(!text.bytes.isEmpty)
    }
}
