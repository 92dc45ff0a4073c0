import Testing

@testable import WebSocketLoop

@Suite struct SocketTableTests {
    @Test(arguments: 1...10) func `an id is never given twice and finds its own place or nothing`(seed: UInt64) {
        var random = Random(seed: seed)
        var table = SocketTable()
        var open: [SocketID] = []
        var gone: [SocketID] = []
        var seen: Set<SocketID> = []
        for _ in 0..<3000 {
            if open.isEmpty || Int.random(in: 0..<20, using: &random) < 11 {
                let socket = table.take()
                #expect(seen.insert(socket).inserted)
                open.append(socket)
            } else {
                let socket = open.remove(at: Int.random(in: open.indices, using: &random))
                table.release(socket.place)
                gone.append(socket)
            }
            #expect(table.count == open.count)
        }
        #expect(open.allSatisfy { table.place(of: $0) == $0.place && table.socket(at: $0.place) == $0 })
        #expect(gone.allSatisfy { table.place(of: $0) == nil })
        #expect(Set(table.places) == Set(open.map(\.place)))
    }

    @Test func `a place that was freed starts afresh`() {
        var table = SocketTable()
        let first = table.take()
        table[first.place].phase = .closing
        table[first.place].isAwaitingPong = true
        table[first.place].closeCode = .messageTooBig
        table.release(first.place)
        let second = table.take()
        #expect(second.place == first.place && second != first)
        #expect(table[second.place].phase == .handshake)
        #expect(!table[second.place].isAwaitingPong && table[second.place].closeCode == nil)
    }

    @Test func `an id from nowhere finds nothing`() {
        let table = SocketTable()
        #expect(table.place(of: SocketID(rawValue: 0)) == nil)
        #expect(table.place(of: SocketID(rawValue: .max)) == nil)
    }
}
