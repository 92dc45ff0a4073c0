import Testing

@testable import HTTPCall

struct PeerRuleTests {
    @Test(
        arguments: [
            ([127, 0, 0, 1], true, false), ([127, 255, 0, 9], true, false), ([0, 0, 0, 0], true, false),
            ([169, 254, 169, 254], false, false),
            ([169, 253, 1, 1], true, true), ([10, 0, 0, 1], true, true), ([192, 168, 1, 1], true, true), ([8, 8, 8, 8], true, true),
            ([224, 0, 0, 1], false, false), ([255, 255, 255, 255], false, false),
        ] as [([UInt8], Bool, Bool)])
    func `of IPv4 neither the link nor, unless wanted, this machine is reached`(address: [UInt8], notLink: Bool, notLocal: Bool) {
        #expect(PeerRule.allows(four: address, .notLinkLocal) == notLink)
        #expect(PeerRule.allows(four: address, .notLocal) == notLocal)
        // The same in its IPv6 forms.
        let zeros = [UInt8](repeating: 0, count: 10)
        let nat64: [UInt8] = [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8)
        for six in [zeros + [0xFF, 0xFF] + address, nat64 + address] {
            #expect(PeerRule.allows(six: six, .notLinkLocal) == notLink)
            #expect(PeerRule.allows(six: six, .notLocal) == notLocal)
        }
    }

    private func six(_ first: [UInt8], _ last: UInt8 = 1) -> [UInt8] { first + [UInt8](repeating: 0, count: 15 - first.count) + [last] }

    @Test func `of IPv6 neither`() {
        for address in [six([0]), six([0], 0)] {
            #expect(PeerRule.allows(six: address, .notLinkLocal) && !PeerRule.allows(six: address, .notLocal))
        }
        for address in [six([0xFE, 0x80]), six([0xFE, 0xBF]), six([0xFF, 0x02])] { #expect(!PeerRule.allows(six: address, .notLinkLocal)) }
        for address in [six([0x20, 0x01, 0x0D, 0xB8]), six([0xFD, 0])] { #expect(PeerRule.allows(six: address, .notLocal)) }
    }
}
