import Testing

@testable import WebSocketLoop

@Suite struct AcceptGateTests {
    /// So many pending connections of address 1, and of as many other addresses one each.
    private func pending(ofOne: Int, others: Int = 0) -> PendingConnections {
        var pending = PendingConnections()
        for index in 0..<ofOne { _ = pending.add(SocketID(index: index, generation: 1), 0, of: PeerAddress(bits: 1 << 64).key) }
        for index in 0..<others {
            _ = pending.add(SocketID(index: index, generation: 2), 0, of: PeerAddress(bits: UInt128(index + 2) << 64).key)
        }
        return pending
    }

    @Test func `up to half of the places everybody comes in, and no random number is asked for`() {
        let gate = AcceptGate(maxPending: 8)
        for count in 0...4 {
            let decision = gate.next(pending(ofOne: count)) {
                Issue.record("nothing is left to chance here")
                return 0
            }
            #expect(decision == .accept)
        }
    }

    @Test func `above half the oldest of the address with most goes, the likelier the fewer places are left, and surely at the end`() {
        let gate = AcceptGate(maxPending: 8)
        for (count, chances) in [(5, 1), (6, 2), (7, 3), (8, 4), (9, 4)] {
            let pending = pending(ofOne: count - 2, others: 2)
            let oldest = pending.oldestOfTheMany
            let drops = (0..<4).count { number in gate.next(pending, random: { UInt64(number) }) == .acceptInstead(of: oldest!) }
            #expect(drops == chances, "\(count) are pending")
        }
    }

    @Test func `where every address has one a newcomer waits in the kernel`() {
        let gate = AcceptGate(maxPending: 8)
        #expect(gate.next(pending(ofOne: 0, others: 7), random: { 0 }) == .accept)
        #expect(gate.next(pending(ofOne: 0, others: 8), random: { 0 }) == .hold)
    }

    @Test func `a shortage of descriptors is said once, and again after it had ended`() {
        var gate = AcceptGate(maxPending: 10)
        #expect(gate.failed(outOfDescriptors: true) == .shed(isFirst: true))
        #expect(gate.failed(outOfDescriptors: true) == .shed(isFirst: false))
        gate.accepted()
        #expect(gate.failed(outOfDescriptors: true) == .shed(isFirst: true))
    }

    @Test func `any other failure waits for the next event`() {
        var gate = AcceptGate(maxPending: 10)
        #expect(gate.failed(outOfDescriptors: false) == .wait)
        #expect(!gate.isOutOfDescriptors)
    }

    @Test func `a budget gives out no more than its limit`() {
        let budget = ConnectionBudget(limit: 2)
        #expect(budget.take() && budget.take() && !budget.take())
        #expect(budget.openConnections == 2)
        budget.giveBack()
        #expect(budget.take() && !budget.take())
    }
}
