import HistoryStore
import Presence
import SkewCluster
import SkewProtocol
import Testing

@testable import SkewWatch

/// What a node tells one that has just come of the time before it.
@Suite struct PeerMemoryTests {
    private static let wall: Int64 = 1_800_000_000_000

    private static func memory(_ count: Int, versions: Int = 2) -> PeerMemory {
        var memory = PeerMemory()
        memory.samples = (0..<count).map { number in
            .init(
                age: Int64(10_000 * (count - number)),
                versions: Dictionary(uniqueKeysWithValues: (0..<versions).map { ("version-\($0)", number) }))
        }
        memory.releases = [
            .init(age: 90_000, version: "a", isSetting: true, by: nil, told: nil),
            .init(age: 60_000, version: "b", isSetting: false, by: "ci", told: 7, target: "10 % of a"),
        ]
        memory.acts = [
            Act(.announced, number: 20_001, at: 50_000, version: "c", by: "ann", told: 3, target: "the tabs on /a"),
            Act(.paced, number: 20_001, at: 40_000, version: "c", by: nil, told: 4, rate: 0),
            Act(.stopped, number: 20_001, at: 30_000, version: "c", by: "ann", told: 5, matching: 9),
        ]
        return memory
    }

    private func part(of note: [UInt8]) -> PeerMemory? {
        if case .memory(let part)? = PeerNote(note) { part } else { nil }
    }

    @Test func `what is told in several notes is read whole`() throws {
        let memory = Self.memory(360, versions: 20)
        let notes = memory.notes
        #expect(notes.count > 3 && notes.allSatisfy { $0.count < MessageFormat.maxNoteBytes })
        var read = PeerMemory()
        for note in notes {
            let told = try #require(part(of: note))
            read.samples += told.samples
            read.releases += told.releases
            read.acts += told.acts
        }
        #expect(read.samples.sorted { $0.age > $1.age } == memory.samples && read.releases == memory.releases)
        #expect(read.acts == memory.acts)
    }

    @Test func `of very many acts the newest are told, in a note that is short enough, and none to be told is no note`() throws {
        var memory = PeerMemory()
        #expect(memory.notes.count == 1)
        let name = String(repeating: "\"", count: 128)
        memory.acts = (0..<100).map { Act(.stopped, number: $0, at: Int64(100 - $0), version: name, by: name, target: name) }
        let notes = memory.notes
        #expect(notes.count == 2 && notes.allSatisfy { $0.count < MessageFormat.maxNoteBytes })
        let last = try #require(notes.last)
        let acts = try #require(part(of: last)).acts
        #expect(acts.count > 10 && acts == memory.acts.suffix(acts.count))
    }

    @Test func `a newcomer has the acts of the others before its own, each once`() {
        var acts = ActHistory()
        let heard = Act(.announced, number: 20_001, at: Self.wall, version: "c", by: "ann")
        acts.record(heard)
        acts.record(Act(.stopped, number: 30_001, at: Self.wall, version: "d", by: nil, told: 1))
        acts.take(Self.memory(0).acts(wallClockMilliseconds: Self.wall))
        #expect(acts.acts.map(\.kind) == [.announced, .paced, .stopped, .stopped])
        #expect(acts.acts.map(\.at) == [Self.wall - 50_000, Self.wall - 40_000, Self.wall - 30_000, Self.wall])
        #expect(acts.acts.first?.told == 3)
    }

    @Test(arguments: [
        "[]", #"{"samples":1}"#, #"{"asks":"x"}"#, #"{"asks":"123456789"}"#, "",
    ]) func `anything else is no note`(_ text: String) { #expect(PeerNote(Array(text.utf8)) == nil) }

    @Test func `what cannot be is left out`() throws {
        let text =
            #"{"samples":[[-1,{"a":1}],[1e300,{"a":1}],[5],[7,{"a":-1,"b\u0007":2,"":3}],3],"releases":[{"age":1},{"version":"v"},{"age":1,"version":"\n"}],"acts":[{"age":1,"kind":"new","number":1,"version":"a"},{"age":1,"kind":"stopped","version":"a"},{"age":-1,"kind":"stopped","number":1,"version":"a"},7]}"#
        let value = JSONValue(Array(text.utf8).span)
        let whole = try #require(value)
        let memory = try #require(PeerMemory(whole))
        #expect(memory.samples == [.init(age: 7, versions: ["b": 2])] && memory.releases.isEmpty && memory.acts.isEmpty)
        var asker: UInt32?
        if case .question(let node)? = PeerNote(PeerNote.question(from: 0xDEAD_BEEF)) { asker = node }
        #expect(asker == 0xDEAD_BEEF)
    }

    @Test func `a newcomer has the history of the others before its own, and knows since when the release is out`() throws {
        var one = RecentHistory()
        #expect(one.hasNoMemory && one.wantsMemory)
        let now = Duration.seconds(100_000)
        one.take(Self.memory(30).samples, now: now, wallClockMilliseconds: Self.wall)
        #expect(!one.hasNoMemory)
        let samples = one.histories.hour.samples.compactMap(\.self)
        #expect(samples.count == 30 && samples.first?["version-0"] == 0 && samples.last?["version-1"] == 29)
        #expect(one.histories.day.samples.compactMap(\.self).count == 2, "300 seconds are one or two steps of the day")
        one = RecentHistory()
        one.restore(
            .init(recent: [.init(time: Self.wall - 1000, versions: ["x": 1])]), now: now, wallClockMilliseconds: Self.wall)
        #expect(!one.hasNoMemory && !one.wantsMemory, "the disk knows")

        var releases = ReleaseHistory()
        releases.record("b", .announcement, at: Self.wall)
        releases.take(Self.memory(0).records(wallClockMilliseconds: Self.wall))
        #expect(releases.entries.map(\.version) == ["a", "b"] && releases.announcedAt == Self.wall - 60_000)
        #expect(releases.entries.last?.by == "ci" && releases.entries.last?.told == 7)
        releases.record("c", .announcement, at: Self.wall)
        releases.take(Self.memory(0).records(wallClockMilliseconds: Self.wall))
        #expect(releases.entries.map(\.version) == ["a", "b", "c"] && releases.current == "c")
    }

    @Test func `what a node remembers are ages`() {
        var (hour, day) = (VersionHistory(step: .seconds(10), capacity: 360), VersionHistory(step: .seconds(300), capacity: 288))
        for second in 0..<2000 {
            hour.record(["a": second], at: .seconds(second))
            day.record(["a": second], at: .seconds(second))
        }
        var releases = ReleaseHistory()
        releases.record("a", .setting, at: Self.wall - 5)
        let stop = Act(.stopped, number: 1, at: Self.wall - 7, version: "a", by: nil, told: 0)
        let memory = PeerMemory((hour, day), releases, [stop], now: .seconds(2000), wallClockMilliseconds: Self.wall)
        #expect(memory.acts.map(\.at) == [7] && memory.acts(wallClockMilliseconds: Self.wall) == [stop])
        #expect(memory.samples.last?.age == 5000 && memory.samples.count == 200 && memory.samples.first?.age == 1_995_000)
        #expect(memory.releases == [.init(age: 5, version: "a", isSetting: true, by: nil, told: nil)])
    }

    @Test func `the oldest node is asked, then the next, and nobody who came later`() {
        let ids = (0..<5).map { InstanceID(high: 0, low: UInt64($0)) }
        var question = MemoryQuestion()
        let nodes = ids.enumerated().map { (instance: $1, uptime: Duration.seconds(10 * $0)) }
        #expect(question.next(nodes, uptime: .seconds(15), at: .zero) == ids[4])
        #expect(question.next(nodes, uptime: .seconds(16), at: .seconds(1)) == nil)
        #expect(question.next(nodes, uptime: .seconds(18), at: .seconds(3)) == ids[3])
        #expect(question.next(nodes, uptime: .seconds(19), at: .seconds(6)) == ids[2])
        #expect(question.next(nodes, uptime: .seconds(19), at: .seconds(9)) == nil)
        question = MemoryQuestion()
        #expect(question.next([], uptime: .zero, at: .zero) == nil)
    }
}
