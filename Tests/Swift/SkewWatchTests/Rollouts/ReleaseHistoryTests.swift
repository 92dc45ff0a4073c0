import Testing

@testable import SkewWatch

@Suite struct ReleaseHistoryTests {
    @Test func `the newest release is out, and who said so is remembered`() {
        var history = ReleaseHistory()
        #expect(history.current == nil)
        history.record("build-1", .setting, at: 10)
        history.record("build-2", .announcement, at: 20)
        #expect(history.current == "build-2")
        #expect(
            history.entries == [
                .init(version: "build-1", origin: .setting, since: 10), .init(version: "build-2", origin: .announcement, since: 20),
            ])
    }

    @Test func `to how many it was told is said of the newest of a version`() {
        var history = ReleaseHistory()
        history.record("a", .announcement, at: 1)
        history.record("b", .announcement, at: 2)
        history.record("a", .announcement, at: 3)
        for count in [6, 7, 5] { history.note(told: count, of: "a") }
        history.note(told: 9, of: "nobody")
        #expect(history.entries.map(\.told) == [nil, nil, 7])
    }

    @Test func `what another node says of the time before is no later word on the newest`() {
        var history = ReleaseHistory()
        history.record("b", .announcement, at: 2)
        history.note(told: 7, of: "b")
        history.take([.init(version: "a", origin: .setting, since: 1), .init(version: "b", origin: .announcement, since: 2, told: 3)])
        #expect(history.entries.map(\.told) == [nil, 7])
    }

    @Test func `the oldest are forgotten`() {
        var history = ReleaseHistory()
        for build in 0..<1000 { history.record("build-\(build)", .announcement, at: Int64(build)) }
        #expect(history.entries.count == ReleaseHistory.capacity)
        #expect(history.current == "build-999" && history.entries.first?.version == "build-900")
    }

    @Test func `each version is named once, the newest first, and a rollback makes the older one the newest`() {
        var history = ReleaseHistory()
        #expect(history.versions.isEmpty)
        for (moment, version) in ["a", "b", "b", "c", "b"].enumerated() { history.record(version, .announcement, at: Int64(moment)) }
        #expect(history.versions == ["b", "c", "a"])
    }
}
