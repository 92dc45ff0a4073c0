import TestRandom
import Testing

@testable import WebSocketLoop

@Suite struct PendingConnectionsTests {
    private func key(_ number: Int) -> AddressKey { PeerAddress(bits: 0xFFFF << 32 | UInt128(number)).key }

    private func socket(_ number: Int) -> SocketID { SocketID(index: number, generation: 1) }

    @Test func `of the address that has most the oldest is first to go, and nobody is to blame who has one`() {
        var pending = PendingConnections()
        #expect(pending.oldestOfTheMany == nil)
        let first = pending.add(socket(0), 0, of: key(1))
        _ = pending.add(socket(1), 1, of: key(2))
        #expect(pending.oldestOfTheMany == nil)
        let many = (2..<5).map { pending.add(socket($0), Int32($0), of: key(3)) }
        _ = pending.add(socket(5), 5, of: key(1))
        #expect(pending.oldestOfTheMany == many[0])
        pending.remove(many[0])
        pending.remove(many[2])
        #expect(pending.oldestOfTheMany == first)
        #expect(pending.count == 4)
    }

    @Test(arguments: Seeds.some(2)) func `it agrees with a naive list after thousands of random steps`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var pending = PendingConnections()
        var naive: [(slot: PendingConnections.Slot, address: Int)] = []
        for step in 0..<5000 {
            if naive.isEmpty || Int.random(in: 0..<100, using: &random) < (step / 1000 % 2 == 0 ? 60 : 40) {
                let address = Int.random(in: 0..<20, using: &random)
                naive.append((pending.add(socket(step), Int32(step), of: key(address)), address))
            } else {
                let index = Int.random(in: naive.indices, using: &random)
                pending.remove(naive.remove(at: index).slot)
            }
            try #require(pending.count == naive.count && Set(pending.slots) == Set(naive.map(\.slot)), "step \(step)")
            let sizes = Dictionary(grouping: naive, by: \.address).mapValues(\.count)
            let most = sizes.values.max() ?? 0
            let candidates = sizes.filter { $0.value == most }.compactMap { size in naive.first { $0.address == size.key }?.slot }
            let isRight = pending.oldestOfTheMany.map { most > 1 && candidates.contains($0) } ?? (most < 2)
            #expect(isRight, "step \(step)")
            if !isRight { return }
        }
    }

    @Test func `an IPv6 address counts by its first half, an IPv4 address whole`() {
        let base: UInt128 = 0x2001_0DB8_0000_0001 << 64
        #expect(PeerAddress(bits: base | 1).key == PeerAddress(bits: base | 0xFFFF_FFFF_FFFF).key)
        #expect(PeerAddress(bits: base).key != PeerAddress(bits: base + 1 << 64).key)
        #expect(key(1) != key(2))
        #expect(PeerAddress(bits: 1).key != key(0))
    }
}
