import Testing

@testable import WebSocketLoop

@Suite struct OutboxTests {
    private func message(_ count: Int) -> Outbox.Item { .message(Array(repeating: 7, count: count), isText: true) }

    @Test func `items leave in the order they came, and one that was put back goes first`() {
        var outbox = Outbox(at: 1)
        for count in 1...3 { #expect(outbox.append(message(count), limit: 100) == true) }
        let first = outbox.takeFirst()
        #expect(first?.count == 1)
        outbox.putBack(first!)
        var counts: [Int] = []
        while let item = outbox.takeFirst() { counts.append(item.count) }
        #expect(counts == [1, 2, 3])
    }

    @Test func `a message over the limit is not taken, and room comes back when one leaves`() {
        var outbox = Outbox(at: 1)
        #expect(outbox.append(message(6), limit: 10) == true)
        #expect(outbox.append(message(5), limit: 10) == false)
        #expect(outbox.items.count == 1)
        _ = outbox.takeFirst()
        #expect(outbox.append(message(10), limit: 10) == true)
    }

    @Test func `a change of what the kernel holds is progress, the same amount is not`() {
        var outbox = Outbox(at: 1)
        outbox.note(unsent: 100, at: 5)
        outbox.note(unsent: 100, at: 9)
        #expect(outbox.lastProgress == 5)
        outbox.note(unsent: 99, at: 12)
        #expect(outbox.lastProgress == 12)
    }
}
