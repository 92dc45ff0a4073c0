import Foundation
import Glibc
import TestRandom
import TestSockets
import Testing

@testable import SkewWatchCommand

@Suite struct DemoTests {
    /// Plays a plan for so many seconds, a tenth at a time.
    private func play(_ plan: inout DemoPlan, from start: Int = 0, to end: Int) -> [DemoPlan.Action] {
        (start * 10..<end * 10).flatMap { plan.step(at: .milliseconds($0 * 100)) }
    }

    @Test(arguments: Seeds.some(3)) func `a rollout begins, goes on and is done, and no tab is lost`(seed: UInt64) {
        var plan = DemoPlan(generator: SeededGenerator(seed: seed))
        let start = play(&plan, to: 8)
        #expect(start.first == .announce("build-42") && !start.contains(.announce("build-43")) && plan.release == 42)
        #expect(plan.versions.allSatisfy { $0 == nil || $0 == 41 || $0 == 42 } && plan.versions.contains(41))
        let next = play(&plan, from: 8, to: 28)
        #expect(next.filter { if case .announce = $0 { true } else { false } } == [.announce("build-43")])
        let half = plan.versions.count { $0 == 43 }
        #expect((60...150).contains(half), "\(half) have reloaded")
        _ = play(&plan, from: 28, to: 127)
        #expect(plan.versions.count { $0 == 43 || $0 == nil } > 190)
        _ = play(&plan, from: 127, to: 130)
        #expect(plan.release == 44)
        #expect(plan.versions.count { $0 == nil } < 30)
    }

    @Test(arguments: Seeds.some(2)) func `a tab that is away neither moves nor closes, one that is there is not opened`(seed: UInt64) {
        var plan = DemoPlan(generator: SeededGenerator(seed: seed))
        var open: Set<Int> = []
        for action in play(&plan, to: 200) {
            switch action {
            case .announce: break
            case .open(let tab, _, let route):
                #expect(open.insert(tab).inserted && DemoPlan.routes.contains(route))
            case .move(let tab, _): #expect(open.contains(tab))
            case .close(let tab): #expect(open.remove(tab) != nil)
            }
        }
    }

    @Test func `it serves two hundred tabs on two builds, and prints three links`() async throws {
        let command = try RunningCommand(["demo", "--port", "0"], environment: ["SKEWWATCH_STATS_TOKEN": "0123456789abcdef01234567"])
        var output = ""
        while !output.contains("admin/stats") {
            let more = command.nextOutput()
            try #require(!more.isEmpty, "it ended: \(output)")
            output += more
        }
        let url = try #require(output.firstMatch(of: /http:\/\/127\.0\.0\.1:([0-9]+)\/__skew\/dashboard\n/))
        let port = try #require(Int(url.1))
        #expect(output.contains("/__skew/tab\n") && output.contains("curl -H 'Authorization: Bearer 0123456789abcdef01234567'"))
        let request = "GET /__skew/admin/stats HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer 0123456789abcdef01234567\r\n\r\n"
        // After eight seconds, which a busy machine may take to look, a few of them are away for a moment.
        var body = ""
        var total = 0
        _ = try await Patience.sees {
            body = try await HTTPAnswer.to(request, port: port)?.body ?? ""
            total = body.firstMatch(of: /"total":([0-9]+)/).flatMap { Int($0.1) } ?? 0
            return total > 180
        }
        #expect(180...200 ~= total && body.contains(#""build-41":"#) && body.contains(#""build-42":"#), "\(body.prefix(300))")
        command.send(SIGINT)
        #expect(command.finish().status == 0)
    }
}
