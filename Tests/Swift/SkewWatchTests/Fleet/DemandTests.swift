import Testing

@testable import SkewWatch

@Suite struct DemandTests {
    private var demand = Demand()

    @Test mutating func `nobody wants anything at first, nor when the last has gone`() {
        #expect(demand.followed == nil)
        demand.set(.rows, by: .viewers)
        demand.set(nil, by: .viewers)
        #expect(demand.followed == nil)
    }

    @Test mutating func `the most that anybody follows counts, whoever goes`() {
        demand.set(.counts, by: .gate)
        #expect(demand.followed == .counts)
        demand.set(.rows, by: .viewers)
        demand.set(.routes, by: .peers)
        #expect(demand.followed == .rows)
        demand.set(nil, by: .viewers)
        #expect(demand.followed == .routes)
        demand.set(.counts, by: .peers)
        #expect(demand.followed == .counts)
    }

    @Test mutating func `the history follows nothing: it asks from time to time`() {
        demand.set(.counts, by: .history)
        #expect(demand.followed == nil)
    }
}
