import Testing

@testable import SkewWatch

@Suite struct AddressBudgetTests {
    private let address = NetworkAddress("192.0.2.1")!

    @Test func `an address is used up at its limit and not before, alone`() {
        let budget = AddressBudget(limit: 2)
        for _ in 0..<2 {
            #expect(!budget.isUsedUp(by: address))
            budget.take(address)
        }
        #expect(budget.isUsedUp(by: address))
        #expect(budget.isUsedUp(by: NetworkAddress("::ffff:192.0.2.1")!), "the same address, mapped")
        #expect(!budget.isUsedUp(by: NetworkAddress("192.0.2.2")!))
        budget.giveBack(address)
        #expect(!budget.isUsedUp(by: address))
    }

    @Test func `giving back what was never taken gives nobody more`() {
        let budget = AddressBudget(limit: 1)
        for _ in 0..<3 { budget.giveBack(address) }
        budget.take(address)
        #expect(budget.isUsedUp(by: address))
    }
}
