import Testing

@testable import WebSocketLoop

@Suite struct AddressBudgetTests {
    private static func ip4(_ a: UInt128, _ b: UInt128, _ c: UInt128, _ d: UInt128) -> PeerAddress {
        PeerAddress(bits: 0xFFFF << 32 | a << 24 | b << 16 | c << 8 | d)
    }

    private static func ip6(_ high: UInt64, _ low: UInt64) -> PeerAddress { PeerAddress(bits: UInt128(high) << 64 | UInt128(low)) }

    private let peer = ip4(192, 0, 2, 1)

    @Test func `an address has so many connections and no more, alone`() {
        let budget = AddressBudget(.init(connections: .init(2)))
        #expect(budget.admit(peer, at: 1) == .counted && budget.admit(peer, at: 1) == .counted)
        #expect(budget.admit(peer, at: 1) == .refused(.addressLimit))
        #expect(budget.admit(Self.ip4(192, 0, 2, 2), at: 1) == .counted)
        budget.giveBack(peer.key)
        #expect(budget.admit(peer, at: 1) == .counted)
    }

    @Test func `a client behind a proxy and a peer of the same address share their limit; the proxy has none`() {
        let budget = AddressBudget(.init(connections: .init(2), newPerSecond: .init(1))) { $0 == Self.ip4(10, 0, 0, 1) }
        for _ in 0..<100 { #expect(budget.admit(Self.ip4(10, 0, 0, 1), at: 1) == .free) }
        #expect(!budget.isUsedUp(by: peer) && budget.take(peer))
        #expect(budget.admit(peer, at: 1) == .counted)
        #expect(budget.isUsedUp(by: peer))
        #expect(!budget.take(Self.ip4(10, 0, 0, 1)), "a proxy that names nobody")
        budget.giveBack(peer.key)
        #expect(!budget.isUsedUp(by: peer))
    }

    @Test func `a whole /64 of IPv6 is one customer`() {
        let budget = AddressBudget(.init(connections: .init(5)))
        let admitted = (0..<20).count { budget.admit(Self.ip6(0x2001_0DB8_0000_0001, UInt64($0)), at: 1) == .counted }
        #expect(admitted == 5)
        #expect(budget.admit(Self.ip6(0x2001_0DB8_0000_0002, 1), at: 1) == .counted)
    }

    @Test func `a limit of the internet alone lets private networks in uncounted`() {
        let budget = AddressBudget(
            .init(connections: .init(1, includesPrivate: false), newPerSecond: .init(1, includesPrivate: false)))
        for `private` in [
            Self.ip4(10, 1, 2, 3), Self.ip4(127, 0, 0, 1), Self.ip4(172, 16, 0, 1), Self.ip4(172, 31, 255, 255), Self.ip4(192, 168, 0, 1),
            Self.ip4(169, 254, 1, 1), Self.ip4(100, 64, 0, 1), Self.ip4(100, 127, 255, 255), Self.ip6(0, 1), Self.ip6(0xFC00 << 48, 1),
            Self.ip6(0xFDFF << 48, 1), Self.ip6(0xFE80 << 48, 1),
        ] {
            for _ in 0..<10 { #expect(budget.admit(`private`, at: 1) == .free) }
        }
        for other in [
            Self.ip4(9, 1, 2, 3), Self.ip4(172, 15, 0, 1), Self.ip4(172, 32, 0, 1), Self.ip4(100, 63, 0, 1), Self.ip4(100, 128, 0, 1),
            Self.ip4(192, 169, 0, 1), Self.ip6(0x2001 << 48, 1), Self.ip6(0xFEC0 << 48, 1), Self.ip6(0xFB00 << 48, 1),
        ] {
            #expect(budget.admit(other, at: 1) == .counted)
            #expect(budget.admit(other, at: 1) == .refused(.addressLimit))
        }
    }

    @Test func `new connections come at their rate, and four seconds of it at once`() {
        let budget = AddressBudget(.init(newPerSecond: .init(100)))
        #expect((0..<500).count { _ in budget.admit(peer, at: 1000) == .free } == 400)
        #expect(budget.admit(peer, at: 1000) == .refused(.addressRate))
        #expect((0..<500).count { _ in budget.admit(peer, at: 1010) == .free } == 100)
        #expect((0..<500).count { _ in budget.admit(Self.ip4(192, 0, 2, 2), at: 1010) == .free } == 400)
        #expect((0..<500).count { _ in budget.admit(peer, at: 1100) == .free } == 400)
    }

    @Test func `limits change while addresses are counted`() {
        let budget = AddressBudget(.init())
        #expect(budget.admit(peer, at: 1) == .free)
        budget.change(to: .init(connections: .init(1)))
        #expect(budget.admit(peer, at: 1) == .counted && budget.admit(peer, at: 1) == .refused(.addressLimit))
        budget.change(to: .init(connections: .init(2)))
        #expect(budget.admit(peer, at: 1) == .counted)
        budget.change(to: .init())
        #expect(budget.admit(peer, at: 1) == .free)
    }

    @Test func `an attacker of many addresses leaves most others their bucket`() {
        var buckets = ArrivalBuckets()
        let busy = (0..<20).map { PeerAddress(bits: UInt128(1_000_000 + $0) << 64).key }
        for key in busy { for _ in 0..<40 { _ = buckets.take(key, at: 1, perSecond: 10) } }
        #expect(busy.allSatisfy { !buckets.take($0, at: 1, perSecond: 10) })
        for number in 0..<10_000 { _ = buckets.take(PeerAddress(bits: UInt128(number + 2) << 64).key, at: 1, perSecond: 10) }
        // Where a bucket lies is drawn anew for each table, so a few may have lost theirs.
        #expect(busy.count { !buckets.take($0, at: 1, perSecond: 10) } >= 10)
        #expect(busy.allSatisfy { buckets.take($0, at: 11, perSecond: 10) })
    }
}
