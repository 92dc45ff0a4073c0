import Testing

@testable import Presence
@testable import SkewWatch

/// What a loop tells its tabs, and who has heard it already. Without sockets.
struct AnnouncingTests {
    private var announcing = Announcing()

    private func tabs(_ indices: Range<Int>) -> [ToldTab] {
        indices.map { ToldTab(index: $0, id: ConnectionID(randomHigh: 0, randomLow: UInt64($0))) }
    }

    /// Tells until it is over, and says which tabs heard it.
    private mutating func heard(_ id: Int, gone: Set<Int> = []) -> [Int] {
        var heard: [Int] = []
        while case .told(_, _, isDone: false) = announcing.step(
            id, at: .zero,
            send: { _, tab in
                guard !gone.contains(tab.index) else { return false }
                heard.append(tab.index)
                return true
            })
        {}
        return heard
    }

    @Test mutating func `who has heard of a version is not told again, unless it is said again`() throws {
        for index in 0..<4 { announcing.opened(index, hearing: index == 3 ? "v2" : "v1") }
        #expect(announcing.prepare(1, Announcement(version: "v2"), for: tabs(0..<4)) == 3, "one came with it")
        _ = announcing.begin(1, rate: nil, at: .zero)
        #expect(heard(1, gone: [1]) == [0, 2])
        #expect(announcing.prepare(2, Announcement(version: "v2"), for: tabs(0..<4)) == 1, "one was gone when its turn came")
        var again = Announcement(version: "v2")
        again.isAgain = true
        #expect(announcing.prepare(3, again, for: tabs(0..<4)) == 4)
    }
}
