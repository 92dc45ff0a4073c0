import TestRandom
import Testing

@testable import WebSocketLoop

@Suite struct SocketTableTests {
    @Test(arguments: Seeds.some(10)) func `an id is never given twice and finds its own index or nothing`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
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
                table.release(socket.index)
                gone.append(socket)
            }
            #expect(table.count == open.count)
        }
        #expect(open.allSatisfy { table.index(of: $0) == $0.index && table.socket(at: $0.index) == $0 })
        #expect(gone.allSatisfy { table.index(of: $0) == nil })
        #expect(Set(table.indices) == Set(open.map(\.index)))
    }

    @Test func `an index that was freed starts afresh`() {
        var table = SocketTable()
        let first = table.take()
        table[first.index].ending.become(.closing(.messageTooBig))
        table.release(first.index)
        let second = table.take()
        #expect(second.index == first.index && second != first)
        #expect(table[second.index].ending == Ending())
    }

    @Test func `an id from nowhere finds nothing`() {
        let table = SocketTable()
        #expect(table.index(of: SocketID(rawValue: 0)) == nil)
        #expect(table.index(of: SocketID(rawValue: .max)) == nil)
    }
}
