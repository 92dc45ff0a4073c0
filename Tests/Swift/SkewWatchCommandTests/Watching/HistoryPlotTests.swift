import SkewProtocol
import Testing

@testable import SkewWatchCommand

struct HistoryPlotTests {
    private func plot(_ json: String) throws -> HistoryPlot {
        let bytes = Array(json.utf8)
        let value = JSONValue(bytes.span)
        return try #require(value.flatMap { HistoryPlot($0) })
    }

    @Test func `each version is a line, with the most and the last`() throws {
        let plot = try plot(
            #"{"from":0,"to":60000,"versions":{"a":[8,4,0,0],"b":[0,4,null,8]},"releases":[{"at":1000,"version":"b"}]}"#)
        let lines = plot.text(columns: 31, glyphs: .plain).split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(lines[0] == "1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z")
        #expect(lines[1].hasPrefix("a ##") && lines[1].hasSuffix(" 0 now, 8 most"))
        #expect(lines[2].contains(" ") && lines[2].hasSuffix(" 8 now, 8 most"))
        #expect(lines[3] == "1970-01-01T00:00:01Z release b")
    }

    @Test func `releases and acts are one list, in the order of time, with who and to whom`() throws {
        let plot = try plot(
            #"""
            {"from":0,"to":60000,"versions":{"a":[8]},
            "releases":[{"at":1000,"version":"b","by":"ci","told":7},{"at":5000,"version":"c","target":"10 % of a"}],
            "acts":[{"at":3000,"kind":"paced","version":"b","by":"ann","told":5,"rate":1000},{"at":4000,"kind":"paced","version":"b","rate":0},
            {"at":2000,"kind":"announced","version":"x\u001b","by":"ann","told":null,"target":"a on /\u001b"},{"at":7000,"kind":"new","version":"b"},
            {"at":6000,"kind":"stopped","version":"b","by":null,"told":4,"matching":9}]}
            """#)
        let lines = plot.text(columns: 80, glyphs: .plain).split(separator: "\n").dropFirst(2).map { String($0.dropFirst(17)) }
        #expect(
            lines == [
                "01Z release b by ci", "02Z announced x to a on / by ann, release kept",
                "03Z b set to 1,000 a second by ann, 5 told",
                "04Z b set to full speed", "05Z release c to 10 % of a", "06Z stopped b, 4 of 9 told",
            ])
    }

    @Test func `nobody is a sentence, and what is no history is nothing`() throws {
        #expect(
            try plot(#"{"from":0,"to":1000,"versions":{},"releases":[]}"#).text(columns: 80, glyphs: .plain).hasPrefix("Nobody was seen"))
        #expect(HistoryPlot(.object([:])) == nil)
    }

    @Test(arguments: [
        ("90m", "-5400"), ("2026-11-29T14:00:00Z", "2026-11-29T14:00:00Z"), ("2026-11-29T14:00:00+01:00", "2026-11-29T14:00:00%2B01:00"),
    ])
    func `a time is how long ago, or itself`(text: String, query: String) throws {
        #expect(try HistoryCommand.time(text, of: "--from") == query)
    }
}
