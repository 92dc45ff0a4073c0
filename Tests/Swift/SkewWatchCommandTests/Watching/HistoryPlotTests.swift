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
