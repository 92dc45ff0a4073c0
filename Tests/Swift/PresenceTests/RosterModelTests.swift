import Presence
import TestRandom
import Testing

/// Random histories against a naive recount.
struct RosterModelTests {
    @Test(arguments: Seeds.some(3))
    func `counts and rows are what a recount says, recorded or not`(seed: UInt64) {
        var history = History(seed: seed)
        for step in 0..<4000 {
            history.step()
            if step == 1500 { history.roster.startRecording(listing: 10) }
            if step == 3000 { history.roster.stopRecording() }
            #expect(history.roster.total == history.naive.open.count)
            #expect(history.roster.summary.versions == history.naive.versions)
            #expect(history.roster.summary.routes == history.naive.routes)
            #expect(history.naive.open.allSatisfy { history.roster.row(at: $0.slot) == $0.row })
        }
    }

    @Test(arguments: Seeds.some(6))
    func `taking changes leads from each state to the next`(seed: UInt64) {
        var history = History(seed: seed)
        for _ in 0..<30 { history.step() }
        history.roster.startRecording(listing: 12)
        #expect(history.naive.started(history.roster, listing: 12) == nil)
        var known = history.roster.snapshot
        #expect(known == history.naive.snapshot)
        for round in 0..<400 {
            for _ in 0..<Int.random(in: 0...25, using: &history.random) { history.step() }
            if round > 200, Int.random(in: 0..<8, using: &history.random) == 0 { history.setRelease() }
            let limit = [0, 5, 12, 40, 1000].randomElement(using: &history.random) ?? 0
            let tellsRows = round % 7 < 5
            let delta = history.roster.takeChanges(listing: limit, rows: tellsRows)
            #expect(history.naive.taken(history.roster, listing: limit) == nil)
            let old = history.naive.open.map(\.row.id).filter { history.naive.isOld($0) }
            #expect(delta.waitingOld == old.count { !history.naive.listed.contains($0) })
            #expect(delta.listedCurrent == history.naive.listed.count { !history.naive.isOld($0) })
            let order = history.roster.listedRows.map { history.naive.isOld($0.id) }
            #expect(order == order.sorted { $0 && !$1 }, "Those that do not run the release come first.")
            expectConcise(delta, after: known, now: history.naive)
            if tellsRows {
                known.apply(delta)
                known = known.sorted
            } else {
                #expect(delta.opened.isEmpty && delta.changed.isEmpty && delta.closed.isEmpty)
                known = history.roster.snapshot
            }
            #expect(delta.total == history.naive.open.count)
            #expect(delta.listed == history.naive.listed.count)
            #expect(known == history.naive.snapshot)
            #expect(history.roster.snapshot == history.naive.snapshot)
        }
    }

    @Test func `recording may stop and start again at any time`() {
        var history = History(seed: 9)
        for round in 0..<60 {
            for _ in 0..<40 { history.step() }
            let limit = round % 3 * 10
            if round.isMultiple(of: 5) { history.setRelease() }
            history.roster.startRecording(listing: limit)
            #expect(history.naive.started(history.roster, listing: limit) == nil)
            var known = history.roster.snapshot
            for _ in 0..<40 { history.step() }
            let delta = history.roster.takeChanges(listing: 15, rows: true)
            known.apply(delta)
            #expect(history.naive.taken(history.roster, listing: 15) == nil)
            #expect(known.sorted == history.naive.snapshot)
            for _ in 0..<5 { history.step() }
            if round.isMultiple(of: 2) {
                history.roster.stopRecording()
                history.naive.isRecording = false
                #expect(history.roster.listed == 0)
                #expect(history.roster.listedRows.isEmpty)
            }
        }
    }

    @Test func `a slot handed out again is the new connection's alone`() {
        var random = SeededGenerator(seed: 3)
        var roster = Roster()
        var open: [Slot: ConnectionID] = [:]
        for number in 0..<5000 {
            if Bool.random(using: &random), let slot = open.keys.sorted(by: { $0.index < $1.index }).randomElement(using: &random) {
                roster.close(slot)
                open[slot] = nil
            } else {
                let slot = roster.open(ConnectionID(number), version: "v", route: "/", address: nil)
                #expect(open[slot] == nil)
                open[slot] = ConnectionID(number)
            }
            #expect(open.allSatisfy { slot, id in roster.row(at: slot).id == id })
        }
        let slots = open.keys.map(\.index)
        #expect((slots.max() ?? 0) < 500, "Slots stay dense, so that they can index arrays.")
    }

    /// Nothing is told that a receiver of the known state does not need.
    private func expectConcise(_ delta: StatisticsDelta, after known: Statistics, now naive: NaiveRoster) {
        let before = Set(known.rows.map(\.id))
        #expect(delta.opened.allSatisfy { !before.contains($0.id) && naive.listed.contains($0.id) })
        #expect(delta.changed.allSatisfy { before.contains($0.id) && naive.listed.contains($0.id) })
        #expect(delta.closed.allSatisfy { before.contains($0) && !naive.listed.contains($0) })
        let ids = delta.opened.map(\.id) + delta.changed.map(\.id) + delta.closed
        #expect(Set(ids).count == ids.count)
        #expect(delta.versions.allSatisfy { name, count in (naive.versions[name] ?? 0) == count })
        #expect(delta.routes.allSatisfy { name, count in (naive.routes[name] ?? 0) == count })
        #expect(delta.versions.allSatisfy { name, count in count > 0 || known.versions[name] != nil })
        #expect(delta.routes.allSatisfy { name, count in count > 0 || known.routes[name] != nil })
    }
}
