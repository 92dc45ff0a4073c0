import Foundation
import Presence
import Testing

/// The cases that hold the dashboard's rule, too: Tests/Browser/states.test.js reads the same file.
struct RolloutStateTests {
    @Test(arguments: try RolloutCase.all())
    func `a case has the state, the figures and the sentences that it has on the page`(given: RolloutCase) {
        let facts = given.course.facts
        let said = RolloutSentence(facts, number: RolloutCase.number, clock: RolloutCase.clock)
        let found = RolloutCase.Expected(
            state: facts.state.rawValue, total: facts.total, current: facts.current, old: facts.old, preview: facts.preview,
            newer: facts.newer, former: facts.former, closing: facts.closing, quiet: facts.quiet, lead: said.lead,
            rest: said.rest.joined(separator: " "))
        #expect(found == given.expect)
    }

    @Test func `every state stands in a case`() throws {
        #expect(try Set(RolloutCase.all().map(\.expect.state)) == Set(RolloutState.allCases.map(\.rawValue)))
    }

    @Test func `no sentence names the time of the last tab`() throws {
        for given in try RolloutCase.all() where given.expect.state != "done" {
            #expect(!(given.expect.lead + given.expect.rest).contains("last tab"))
        }
    }

    @Test func `without samples nobody is here`() {
        #expect(RolloutCourse(now: 0, isLive: true, release: "a", samples: []).facts.state == .nobodyHere)
    }

    @Test(arguments: [("biuld-44", "build-43"), ("build-4", "build-43"), ("2026.11.30", nil), ("build-43", nil)] as [(String, String?)])
    func `the nearest name is the one that was probably meant`(wanted: String, expected: String?) {
        #expect(NearestName.of(wanted, among: ["build-43", "(other)"]) == expected)
    }
}

/// One case of rollout-states.json. Its times are milliseconds after ``base``.
struct RolloutCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Expected: Decodable, Equatable, Sendable {
        let state: String
        let total, current, old, preview, newer: Int
        let former: String?
        let closing: Int?
        let quiet: Int64
        let lead, rest: String
    }
    struct Release: Decodable, Sendable {
        let version: String
        let at: Int64

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            (version, at) = (try pair.decode(String.self), try pair.decode(Int64.self))
        }
    }

    static let base: Int64 = 1_800_000_000_000
    let name: String
    let now, step, start: Int64
    let live: Bool
    let release: String?
    let releases: [Release]
    let previews: [String]
    let versions: [String: [Int]]
    let expect: Expected

    var testDescription: String { name }

    static func all() throws -> [RolloutCase] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../rollout-states.json")
        return try JSONDecoder().decode([RolloutCase].self, from: Data(contentsOf: file))
    }

    var course: RolloutCourse {
        let steps = versions.values.map(\.count).max() ?? 0
        let samples = (0..<steps).map { i in
            RolloutCourse.Sample(at: Self.base + start + Int64(i) * step, versions: versions.mapValues { $0[i] }.filter { $0.value > 0 })
        }
        return RolloutCourse(
            now: Self.base + now, isLive: live, release: release,
            releases: releases.map { .init(version: $0.version, at: Self.base + $0.at) }, previews: previews, samples: samples)
    }

    static func number(_ count: Int) -> String { count.formatted(.number.locale(Locale(identifier: "en"))) }

    static func clock(_ milliseconds: Int64, withSeconds: Bool) -> String {
        let second = milliseconds / 1000 % 86400
        let parts = [second / 3600, second / 60 % 60] + (withSeconds ? [second % 60] : [])
        return parts.map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
    }
}
