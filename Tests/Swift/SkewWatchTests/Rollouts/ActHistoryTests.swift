import Presence
import Testing
import WebSocketLoop

@testable import SkewWatch

/// What was done with announcements, as it is remembered.
@Suite struct ActHistoryTests {
    private func act(_ kind: Act.Kind, _ number: Int, at time: Int64 = 1, rate: Int? = nil) -> Act {
        Act(kind, number: number, at: time, version: "b", by: "ann", rate: rate)
    }

    @Test func `the oldest are forgotten`() {
        var history = ActHistory()
        for number in 0..<1000 { history.record(act(.announced, number)) }
        #expect(history.acts.count == ActHistory.capacity && history.acts.first?.number == 900 && history.acts.last?.number == 999)
        #expect(ActHistory(history.acts + history.acts).acts.count == ActHistory.capacity)
        history.take((0..<1000).map { act(.stopped, $0) })
        #expect(history.acts.count == ActHistory.capacity)
    }

    @Test func `what several nodes say of one act is one`() {
        var history = ActHistory()
        #expect(history.hear(act(.announced, 1)) && history.hear(act(.stopped, 1)) && history.hear(act(.stopped, 2)))
        #expect(!history.hear(act(.announced, 1, at: 9)) && !history.hear(act(.stopped, 1, at: 9)))
        #expect(history.acts.map(\.number) == [1, 1, 2])
        // A server that is alone counts from 1 after each start: there nothing is heard, and nothing is passed over.
        history.record(act(.announced, 1, at: 9))
        #expect(history.acts.count == 4)
    }

    @Test func `how many were told is said of the newest of a number, where that is news`() {
        var history = ActHistory([act(.announced, 1), act(.announced, 1, at: 5), act(.stopped, 1, at: 6)])
        #expect(history.note(told: 7, of: 1) && !history.note(told: 7, of: 1) && !history.note(told: 7, of: 2))
        let isNews = history.note(told: 6, of: 1)
        #expect(!isNews)
        #expect(history.acts.map(\.told) == [nil, 7, nil])
    }

    @Test func `what another node knows goes before, and what only this one knows stays`() {
        var history = ActHistory([act(.announced, 1, at: 50), act(.paced, 1, at: 60, rate: 7), act(.stopped, 3, at: 5)])
        history.take([act(.announced, 1, at: 10), act(.paced, 1, at: 20, rate: 6), act(.paced, 1, at: 30, rate: 7)])
        #expect(history.acts.map(\.at) == [5, 10, 20, 30])
        // What it says was true when it began to say it.
        _ = history.note(told: 7, of: 1)
        history.take([act(.announced, 1, at: 10)])
        #expect(history.acts.first { $0.kind == .announced }?.told == 7)
    }

    @Test(
        arguments: [
            (Announcement(version: "b"), nil), (Announcement(version: "b", percent: 10), "10 % of the tabs"),
            (Announcement(version: "b", only: ["build-40"]), "build-40"),
            (Announcement(version: "b", routes: ["/help", "/shop/*"]), "the tabs on /help, /shop/*"),
            (Announcement(version: "b", only: ["a", "b*", "c"], routes: ["/x"], percent: 50), "50 % of a, b*, c on /x"),
            (Announcement(version: "b", only: ["a", "b", "c", "d"]), "a, b and 2 more"),
            (Announcement(version: "b", only: ["a\u{202E}\nb"]), "ab"),
        ] as [(Announcement, String?)])
    func `to whom it was limited is a few words`(announcement: Announcement, words: String?) {
        #expect(announcement.targetInWords == words)
    }

    @Test func `however long the names are, the words are few`() {
        let names = (0..<100).map { String(repeating: "x", count: 5000) + "\($0)" }
        #expect(Announcement(version: "b", only: names, routes: ["/" + names[0]]).targetInWords?.utf8.count == 160)
    }

    @Test func `only what keeps the release is an act of its own`() {
        #expect(AnnouncementOrder(Announcement(version: "b", only: ["a"]), by: "ann").act(7) == nil)
        let act = AnnouncementOrder(Announcement(version: "b", only: ["a"], setsRelease: false), by: "ann").act(7)
        #expect(act?.kind == .announced && act?.number == 7 && act?.by == "ann" && act?.target == "a" && act?.told == nil)
    }

    @Test func `what a node says of a change is read by another, and anything else is nothing`() {
        for act in [
            Act(.stopped, number: 1, at: 1, version: "b", by: "ann \"x\"", told: 40, matching: 200),
            Act(.paced, number: 1, at: 1, version: "b", by: nil, told: 0, rate: 5),
        ] {
            let remark = ControlRemark(act)
            #expect(ControlRemark(remark.encoded) == remark && remark.encoded.count < 1024)
        }
        for text in ["", "x", "[]", "{}", #"{"told":-1}"#, #"{"told":1e300}"#, #"{"by":"ann"}"#] {
            #expect(ControlRemark(Array(text.utf8)) == nil)
        }
        #expect(ControlRemark(Array(#"{"told":1,"by":"a\u0007\u202eb","matching":-1}"#.utf8))?.by == "ab")
    }

    @Test func `how many were told is said of the right announcement`() throws {
        let shared = SharedState(release: "a", addresses: AddressBudget(.init()))
        func give(_ announcement: Announcement, told: Int) -> Int {
            let id = shared.give(AnnouncementOrder(announcement, by: "ann"))
            _ = shared.announcements.begin(announcement, id: id, loops: 1, at: .zero)
            shared.announcements.note(told: told, gone: 0, of: id)
            return id
        }
        let first = give(Announcement(version: "b", percent: 10), told: 7)
        let second = give(Announcement(version: "b"), told: 60)
        let beside = give(Announcement(version: "b", only: ["x"], setsRelease: false), told: 3)
        // Of the first one more is heard when the second one is out.
        for id in [second, first, beside] { shared.note(told: try #require(shared.announcements.entry(id))) }
        let entries = shared.decisions.releaseHistory.entries
        #expect(entries.map(\.told) == [nil, nil, 60] && entries.map(\.target) == [nil, "10 % of the tabs", nil])
        #expect(shared.decisions.acts.map(\.told) == [3] && shared.decisions.acts.map(\.number) == [beside])
    }

    @Test func `what another node announced and keeps the release is remembered once`() {
        let shared = SharedState(release: "a", addresses: AddressBudget(.init()))
        let order = AnnouncementOrder(Announcement(version: "b", setsRelease: false), by: "ann")
        for number in [20_001, 20_001, 30_001] { shared.hear(order, number) }
        shared.hear(AnnouncementOrder(Announcement(version: "c"), by: "ann"), 40_001)
        #expect(shared.decisions.acts.map(\.number) == [20_001, 30_001])
    }
}
