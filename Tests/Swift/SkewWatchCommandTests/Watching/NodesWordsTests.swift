import SkewProtocol
import Testing

@testable import SkewWatchCommand

/// What `watch` says of the nodes behind the numbers.
@Suite struct NodesWordsTests {
    private func statistics(_ more: String) throws -> LiveStatistics {
        let parsed = JSONValue(Array(#"{"total":3,"seq":1,"versions":{"a":3}\#(more)}"#.utf8).span)
        let value = try #require(parsed)
        return try #require(LiveStatistics(value))
    }

    @Test(arguments: [
        ("", nil),
        (#","nodes":{"up":1,"joining":0,"leaving":0,"lost":0}"#, "1 node."),
        (
            #","nodes":{"up":2,"joining":0,"leaving":1,"lost":0},"returning":1"#,
            "2 nodes, 1 leaving. 1 tab is on the way from one node to another."
        ),
        (
            #","nodes":{"up":2,"lost":1},"partial":["lost","silent"],"returning":12"#,
            "2 nodes, 1 lost. The numbers may not be whole: a node is lost; a node is silent. 12 tabs are on the way from one node to another."
        ),
        (#","partial":["\u001bnews"]"#, "The numbers may not be whole: news."),
    ])
    func `nodes and what is missing are said in words`(_ more: String, _ wanted: String?) throws {
        let line = NodesWords.line(try statistics(more))
        #expect(line?.replacing("\u{FFFD}", with: "") == wanted)
    }

    @Test func `a delta keeps what it does not say, and takes back what is whole again`() throws {
        var live = try statistics(#","nodes":{"up":2,"lost":1},"partial":["lost"],"returning":1"#)
        let deltas = [#"{"seq":2,"total":3}"#, #"{"seq":3,"total":3,"nodes":{"up":3,"lost":0},"partial":[],"returning":0}"#]
        for (delta, wanted) in zip(deltas, ["2 nodes, 1 lost. The numbers", "3 nodes."]) {
            let parsed = JSONValue(Array(delta.utf8).span)
            let value = try #require(parsed)
            let follows = live.apply(value)
            #expect(follows)
            #expect(NodesWords.line(live)?.hasPrefix(wanted) == true)
        }
    }

    @Test func `every reason that a server says has words`() {
        for reason in ["link", "silent", "lost", "joining", "unsynced", "foreign", "unheard", "size"] {
            #expect(NodesWords.word(reason) != reason)
        }
    }
}
