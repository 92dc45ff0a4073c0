import Testing

@testable import SkewWatchLoad

/// What tabs and subscribers make of the messages that come to them.
@Suite struct CrowdValueTests {
    private let tab = Tab(page: 7, version: "a", route: "/", isStream: true)

    private func hear(_ text: String, by tab: inout Tab, learnsID: Bool = true) -> Tab.Hearing? {
        tab.hear(Array(text.utf8), at: 5, learnsID: learnsID)
    }

    @Test func `the first message of a tab is connected, of which it learns its id without the secret`() {
        var tab = tab
        #expect(hear(#"{"type":"version","version":"b"}"#, by: &tab) == nil && !tab.isGreeted)
        #expect(hear(#"{"type":"connected","connectionId":"x.secret","version":"b"}"#, by: &tab) == nil)
        #expect(tab.isGreeted && tab.wireID == "x")
        var blind = self.tab
        #expect(hear(#"{"type":"connected","connectionId":"x"}"#, by: &blind, learnsID: false) == nil)
        #expect(blind.isGreeted && blind.wireID == nil)
    }

    @Test func `a tab hears of a release by a message, and by the greeting where it came back`() throws {
        var back = tab.returned
        let greeting = try #require(hear(#"{"type":"connected","connectionId":"x","version":"b"}"#, by: &back))
        #expect(greeting.release == "b" && greeting.page == 7 && greeting.version == "a" && greeting.at == 5)
        let told = try #require(hear(#"{"type":"version","version":"c"}"#, by: &back))
        #expect(told.release == nil)
        #expect(hear(#"{"type":"keepalive","timestamp":1}"#, by: &back) == nil)
    }

    private func subscriber(isChecked: Bool) -> Subscriber {
        Subscriber(id: ConnectionID(slot: 1, use: 1), node: 0, mode: .delta, isChecked: isChecked, checker: .init(mostListed: 10))
    }

    private static let stats = #"{"type":"stats","seq":1,"total":0,"versions":{},"routes":{},"connections":[]}"#

    @Test func `who only waits for marks is fed by any stats, and reads none`() {
        var subscriber = subscriber(isChecked: false)
        #expect(subscriber.read(Array(#"{"type":"stats","nonsense"#.utf8)).isEmpty)
        #expect(subscriber.isFed && subscriber.snapshots == 0 && !subscriber.isWatching)
    }

    @Test func `who checks reads all, and says what can't be read`() {
        var subscriber = subscriber(isChecked: true)
        #expect(subscriber.read(Array(#"{"type":"connected","connectionId":"x"}"#.utf8)).isEmpty && subscriber.wireID == "x")
        #expect(!subscriber.isWatching)
        #expect(subscriber.read(Array(Self.stats.utf8)).isEmpty)
        #expect(subscriber.isWatching && subscriber.snapshots == 1)
        #expect(subscriber.read(Array(#"{"type":"stats"#.utf8)).count == 1)
        #expect(subscriber.read(Array(#"{"type":"stats-unauthorized"}"#.utf8)).isEmpty && subscriber.isUnauthorized)
    }

    @Test func `a snapshot that was asked for again is compared with what the deltas led to`() {
        var subscriber = subscriber(isChecked: true)
        #expect(subscriber.read(Array(Self.stats.utf8)).isEmpty)
        subscriber.awaited = subscriber.checker
        let row = #"{"id":"y","version":"a","route":"/"}"#
        let other = #"{"type":"stats","seq":2,"total":1,"versions":{"a":1},"routes":{"/":1},"connections":[\#(row)]}"#
        #expect(!subscriber.read(Array(other.utf8)).isEmpty && subscriber.awaited == nil)
    }
}
