import HTTPCall
import Testing

@testable import SkewWatch

@Suite struct ReleaseProbeTests {
    private typealias Action = ReleaseProbe.Action

    /// Answers five seconds apart, and what came of each.
    private func play(_ answers: [ReleaseProbe.Answer], release: String? = "a") -> [[Action]] {
        var probe = ReleaseProbe(settled: release)
        return answers.enumerated().map { probe.take($1, at: .seconds(5 * $0)) }
    }

    @Test func `a release counts once it was seen twice, five seconds apart`() {
        #expect(
            play([.version("a", tag: nil), .version("b", tag: nil), .version("b", tag: nil), .version("b", tag: nil)]) == [
                [], [], [.announce("b")], [],
            ])
        var probe = ReleaseProbe(settled: "a")
        #expect(probe.take(.version("b", tag: nil), at: .seconds(0)) == [])
        #expect(probe.take(.version("b", tag: nil), at: .seconds(4)) == [])
        #expect(probe.take(.version("b", tag: nil), at: .seconds(5)) == [.announce("b")])
    }

    @Test func `a deployment that is half done announces nothing`() {
        let both: [ReleaseProbe.Answer] = [.version("b", tag: "1"), .version("a", tag: "0")]
        #expect(play(both + both + both).flatMap { $0 } == [])
        #expect(play(both + [.version("b", tag: "1"), .unchanged]).last == [.announce("b")])
    }

    @Test func `what is not modified was seen again`() {
        #expect(play([.version("b", tag: "1"), .unchanged, .unchanged], release: nil) == [[], [.announce("b")], []])
        #expect(play([.unchanged, .unchanged], release: nil) == [[], []])
    }

    @Test func `what an operator announces meanwhile stays, until the URL says something else`() {
        #expect(play([.version("b", tag: nil), .version("b", tag: nil), .version("b", tag: nil)]).flatMap { $0 } == [.announce("b")])
    }

    @Test func `faults are told once, ask ever more rarely, and break what was seen`() {
        var probe = ReleaseProbe(settled: "a")
        _ = probe.take(.version("b", tag: "1"), at: .zero)
        #expect(probe.tag == "1")
        var pauses: [Duration] = []
        for index in 1...6 {
            #expect(probe.take(.failed("no"), at: .seconds(5 * index)) == (index == 1 ? [.warn("no")] : []))
            pauses.append(probe.pause)
        }
        #expect(pauses == [10, 20, 40, 60, 60, 60].map { .seconds($0) } && probe.tag == nil)
        #expect(probe.take(.version("b", tag: "1"), at: .seconds(100)) == [.recovered])
        #expect(probe.pause == .seconds(5))
        #expect(probe.take(.version("b", tag: "1"), at: .seconds(105)) == [.announce("b")])
    }

    @Test(arguments: [
        (200, #"{"id":"b","timestamp":1}"#, ReleaseProbe.Answer.version("b", tag: "t")),
        (200, #"{"version":"v2"}"#, .version("v2", tag: "t")),
        (200, #"{"id":7}"#, .failed("its answer is no JSON with an id or a version")), (304, "", .unchanged),
        (200, "<html>", .failed("its answer is no JSON with an id or a version")), (503, "", .failed("it answered 503")),
        (302, "", .failed("it answered 302")), (200, "{\"id\":\"a\\u0000b\"}", .version("ab", tag: "t")),
    ])
    func `an answer is read`(status: Int, body: String, answer: ReleaseProbe.Answer) {
        #expect(ReleaseWatch.read(HTTPAnswer(status: status, body: Array(body.utf8), tag: "t")) == answer)
    }
}
