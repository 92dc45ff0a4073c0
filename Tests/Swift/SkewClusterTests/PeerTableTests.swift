import Testing

@testable import SkewCluster

/// What one node thinks of the others, message by message.
@Suite struct PeerTableTests {
    private let own = InstanceID(high: 0, low: 1)
    private let other = InstanceID(high: 0, low: 2)

    private func heartbeat(uptime: Duration, sequence: UInt64 = 0, isEmpty: Bool = true) -> Heartbeat {
        Heartbeat(
            label: "n", software: "1", basePath: "/__skew", state: .up, uptime: uptime, wants: [],
            marks: [StreamMark(section: .summary, sequence: sequence, digest: 0)], isEmpty: isEmpty, hears: [], misses: [], asks: [],
            release: ControlRegister(initial: [], of: other))
    }

    private func table() -> PeerTable { PeerTable(own: own, maxNames: [.summary: 10, .routes: 10]) }

    @Test func `a stall of mine never makes a peer heard in the future`() {
        var table = table()
        _ = table.hear(heartbeat(uptime: .seconds(1)), from: other, at: .seconds(10))
        table.excuse(stall: .seconds(20), at: .seconds(11))
        #expect(table.peers[other]?.heard == .seconds(11))
    }

    @Test func `a heartbeat that was heard before is no sign of life`() {
        var table = table()
        _ = table.hear(heartbeat(uptime: .seconds(5)), from: other, at: .seconds(5))
        for uptime in [5, 4] { _ = table.hear(heartbeat(uptime: .seconds(uptime)), from: other, at: .seconds(8)) }
        #expect(table.peers[other]?.heard == .seconds(5))
        table.expire(at: .seconds(12), linkedSince: .zero, isSilenceConfirmed: false)
        table.expire(at: .seconds(80), linkedSince: .zero, isSilenceConfirmed: false)
        #expect(table.peers[other] == nil, "lost, then forgotten")
        _ = table.hear(heartbeat(uptime: .seconds(5)), from: other, at: .seconds(81))
        #expect(table.peers[other] == nil)
        _ = table.hear(heartbeat(uptime: .seconds(82)), from: other, at: .seconds(82))
        #expect(table.peers[other]?.state == .up, "a node that was cut off for long is believed again")
    }

    @Test func `a newcomer without tabs is known at once, one with tabs is asked`() {
        var table = table()
        let events = table.hear(heartbeat(uptime: .seconds(1), sequence: 3), from: other, at: .seconds(1))
        #expect(events == [] && table.peers[other]?.isSynced(.summary) == true)
        var second = self.table()
        let asked = second.hear(heartbeat(uptime: .seconds(1), sequence: 3, isEmpty: false), from: other, at: .seconds(1))
        #expect(asked == [.missed])
        #expect(second.takenQuestions == [Heartbeat.Question(instance: other, section: .summary)])
        var third = self.table()
        third.want([.routes])
        _ = third.hear(heartbeat(uptime: .seconds(1)), from: other, at: .seconds(1))
        #expect(third.takenQuestions == [], "nor about what it does not tell of yet")
    }

    @Test func `who was asked is asked again when its answer should have come, and at once after it has come`() {
        var table = table()
        let question = Heartbeat.Question(instance: other, section: .summary)
        /// Hears where its stream is, and says what it then asks at once.
        func questions(_ sequence: UInt64, at milliseconds: Int) -> [Heartbeat.Question] {
            let time = Duration.milliseconds(milliseconds)
            let events = table.hear(heartbeat(uptime: time, sequence: sequence, isEmpty: false), from: other, at: time)
            let questions = table.takeQuestions(at: time)
            #expect(events == (questions.isEmpty ? [] : [.missed]))
            return questions
        }
        let asked = [1000, 1500, 1599, 1600].map { questions(3, at: $0) }
        #expect(asked == [[question], [], [], [question]])
        _ = table.hear(SectionSnapshot(section: .summary, sequence: 3, entries: []), from: other, at: .milliseconds(1700))
        let (known, missed) = (questions(3, at: 1710), questions(4, at: 1750))
        #expect(known == [] && missed == [question])
    }

    @Test func `a silence is confirmed by the bus only for who was heard over this very connection`() {
        for (linkedSince, isOut) in [(Duration.zero, true), (.seconds(2), false)] {
            var table = table()
            _ = table.hear(heartbeat(uptime: .seconds(1)), from: other, at: .seconds(1))
            table.expire(at: .seconds(4), linkedSince: linkedSince, isSilenceConfirmed: true)
            #expect((table.peers[other]?.state != .up) == isOut)
        }
    }

    @Test func `no more nodes are remembered than a cluster may have`() {
        var table = table()
        for number in 0..<500 {
            _ = table.hear(heartbeat(uptime: .seconds(1)), from: InstanceID(high: 9, low: UInt64(number)), at: .seconds(1))
            table.hearForeign(from: InstanceID(high: 8, low: UInt64(number)), at: .seconds(1))
        }
        #expect(table.peers.count == PeerTable.maxNodes - 1)
    }
}

extension PeerTable {
    /// A copy asks, so that an expectation can.
    fileprivate var takenQuestions: [Heartbeat.Question] {
        var copy = self
        return copy.takeQuestions(at: .seconds(1))
    }
}
