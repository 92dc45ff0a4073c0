import Testing

@testable import WebSocketLoop

@Suite struct AcceptGateTests {
    @Test func `a gate holds from its limit on and opens again at one below`() {
        var gate = AcceptGate(maxPendingHandshakes: 2)
        gate.accepted()
        #expect(gate.next() == .accept)
        gate.accepted()
        #expect(gate.next() == .hold)
        let reopened = gate.handshakeEnded()
        #expect(reopened, "it held until now")
        #expect(gate.next() == .accept)
        let reopenedAgain = gate.handshakeEnded()
        #expect(!reopenedAgain, "it was open already")
        #expect(gate.pendingHandshakes == 0)
    }

    @Test func `a shortage of descriptors is said once, and again after it had ended`() {
        var gate = AcceptGate(maxPendingHandshakes: 10)
        #expect(gate.failed(outOfDescriptors: true) == .shed(isFirst: true))
        #expect(gate.failed(outOfDescriptors: true) == .shed(isFirst: false))
        gate.accepted()
        #expect(gate.failed(outOfDescriptors: true) == .shed(isFirst: true))
    }

    @Test func `any other failure waits for the next event`() {
        var gate = AcceptGate(maxPendingHandshakes: 10)
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
