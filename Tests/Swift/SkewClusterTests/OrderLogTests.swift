import Testing

@testable import SkewCluster

/// What all nodes are to do with their tabs.
@Suite struct OrderLogTests {
    private func cluster(_ matching: [Int], faults: BusFaults = BusFaults(loss: 0, reorder: 0)) -> (SimulatedCluster, [SimulatedNode]) {
        let cluster = SimulatedCluster(seed: 1, faults: faults)
        let nodes = matching.map { count in
            let node = cluster.addNode()
            node.matching = count
            return node
        }
        cluster.run(until: 4)
        return (cluster, nodes)
    }

    @Test func `an order is carried out once by each node, also by one that was cut off, and every pace is in proportion`() throws {
        let (cluster, nodes) = cluster([300, 100, 600])
        nodes[2].isCut = true
        cluster.run(until: cluster.now + 1)
        nodes[0].give(7, rate: 500)
        #expect(nodes[0].orders[7]?.unheard == 2 && nodes[0].orders[7]?.share == 1.0 / 3)
        cluster.run(until: cluster.now + 0.5)
        #expect(nodes[1].carriedOut.map(\.number) == [7] && nodes[1].carriedOut.first?.rate == 500 && nodes[2].carriedOut.isEmpty)
        nodes[2].isCut = false
        cluster.run(until: cluster.now + 5)
        #expect(nodes.map { $0.carriedOut.map(\.number) } == [[7], [7], [7]])
        for (node, count) in zip(nodes, [300, 100, 600]) {
            let state = try #require(node.orders[7])
            #expect(state.matching == 1000 - count && state.left == 1000 - count && state.isRunning && state.unheard == 0)
            #expect(abs(state.share - Double(count) / 1000) < 1e-9)
        }
        for (node, told) in zip(nodes, [300, 90, 590]) {
            node.progress[7]?.told = told
            node.progress[7]?.isDone = told == 300
        }
        cluster.run(until: cluster.now + 2)
        let state = try #require(nodes[0].orders[7])
        #expect(state.told == 680 && state.left == 20 && state.isRunning)
        for node in nodes {
            node.progress[7]?.told = node.matching
            node.progress[7]?.isDone = true
        }
        cluster.run(until: cluster.now + 2)
        #expect(nodes[0].orders[7]?.isRunning == false && nodes[0].orders[7]?.told == 700)
    }

    @Test func `an order is not done while a node that is counted has not heard of it`() throws {
        let (cluster, nodes) = cluster([10, 10, 80])
        nodes[2].isCut = true
        nodes[0].give(7)
        for _ in 0..<45 {
            cluster.run(until: cluster.now + 0.1)
            for node in nodes.prefix(2) where node.progress[7] != nil { node.progress[7]?.isDone = true }
            let state = try #require(nodes[0].orders[7])
            #expect(state.unheard > 0 && state.isRunning && state.matching <= 10, "at \(cluster.now)")
        }
        nodes[2].isCut = false
        var heard: OrderState?
        for _ in 0..<40 where heard?.matching != 90 {
            cluster.run(until: cluster.now + 0.1)
            heard = nodes[0].orders[7]
            #expect(heard?.isRunning == true)
        }
        #expect(heard?.matching == 90 && heard?.left == 80 && heard?.unheard == 0)
    }

    @Test func `what others say of an order is told once it has begun here, as if they had said it then`() {
        let (own, other) = (InstanceID(high: 1, low: 1), InstanceID(high: 2, low: 2))
        var (log, given) = (OrderLog(of: own), OrderLog(of: other))
        given.give(7, [1], release: [], rate: nil, at: .zero)
        let order = given.told(to: [[]], at: .zero)
        let progress = OrderProgress(number: 7, matching: 30, told: 30, gone: 0, isDone: true)
        #expect(log.hear(order, [progress], from: other, uptime: .seconds(9), release: [], at: .zero).count == 1)
        // Its announcement is not on the board yet: whoever was told now would never be told again.
        #expect(log.states(up: [other], at: .zero).isEmpty && log.areRunning(up: [other], at: .zero))
        _ = log.note([OrderProgress(number: 7, matching: 30, told: 0, gone: 0, isDone: false)], at: .zero)
        #expect(log.states(up: [other], at: .zero)[7]?.told == 30 && log.areRunning(up: [other], at: .zero))
        _ = log.note([OrderProgress(number: 7, matching: 30, told: 30, gone: 0, isDone: true)], at: .zero)
        #expect(!log.areRunning(up: [other], at: .zero))
    }

    @Test func `who has lost messages carries out everything all the same`() {
        for seed in UInt64(1)...20 {
            let cluster = SimulatedCluster(seed: seed, faults: BusFaults(loss: 0.3, reorder: 0.1))
            let nodes = (0..<4).map { _ in cluster.addNode() }
            cluster.run(until: 10)
            for number in UInt64(1)...5 {
                nodes[Int(number) % 4].give(number)
                cluster.run(until: cluster.now + 0.3)
            }
            cluster.run(until: cluster.now + 10)
            nodes[1].change(3) { $0.isStopped = true }
            cluster.run(until: cluster.now + 30)
            for node in nodes { #expect(node.carriedOut.map(\.number).sorted() == [1, 2, 3, 4, 5], "seed \(seed)") }
            for node in nodes where node !== nodes[1] {
                #expect(node.changed.last?.control.isStopped == true, "seed \(seed)")
            }
        }
    }

    @Test func `a change reaches all, and of two at one moment all take the same`() {
        let (cluster, nodes) = cluster([10, 10, 10])
        nodes[0].give(1, rate: 100)
        cluster.run(until: cluster.now + 1)
        nodes[0].change(1) { $0.rate = 5 }
        nodes[1].change(1) { $0.rate = 7 }
        cluster.run(until: cluster.now + 3)
        let winner = nodes[0].instance < nodes[1].instance ? 7 : 5
        #expect(nodes[2].changed.last?.control.rate == winner)
        #expect((winner == 7 ? nodes[0] : nodes[1]).changed.last?.control.rate == winner)
        #expect((winner == 7 ? nodes[1] : nodes[0]).changed.isEmpty)
    }

    @Test func `what is said of a change reaches all with it, through lost messages, too`() {
        for seed in UInt64(1)...10 {
            let cluster = SimulatedCluster(seed: seed, faults: BusFaults(loss: 0.3, reorder: 0.1))
            let nodes = (0..<3).map { _ in cluster.addNode() }
            for node in nodes { node.matching = 10 }
            cluster.run(until: 10)
            nodes[0].give(1, rate: 100)
            cluster.run(until: cluster.now + 10)
            nodes[1].change(1) { ($0.rate, $0.remark) = (5, [65]) }
            cluster.run(until: cluster.now + 10)
            nodes[2].change(1) { ($0.isStopped, $0.remark) = (true, [66]) }
            cluster.run(until: cluster.now + 10)
            let heard = nodes.map { $0.changed.map { String(decoding: $0.control.remark, as: UTF8.self) } }
            #expect(heard == [["A", "B"], ["B"], ["A"]], "seed \(seed)")
        }
    }

    @Test func `a remark that is too long is not said, and the change is`() {
        let (cluster, nodes) = cluster([10, 10])
        nodes[0].give(1, rate: 100)
        cluster.run(until: cluster.now + 1)
        nodes[0].change(1) { ($0.rate, $0.remark) = (5, [UInt8](repeating: 65, count: MessageFormat.maxRemarkBytes + 1)) }
        cluster.run(until: cluster.now + 1)
        #expect(nodes[1].changed.last?.control == OrderControl(rate: 5))
    }

    @Test func `an order whose release was overtaken is not begun, and the release comes with the order that sets it`() {
        let (cluster, nodes) = cluster([10, 10, 10])
        nodes[0].give(1, release: [65])
        nodes[1].give(2, release: [66])
        cluster.run(until: cluster.now + 3)
        let (winner, loser): (UInt64, UInt64) = nodes[0].instance < nodes[1].instance ? (2, 1) : (1, 2)
        #expect(nodes.allSatisfy { $0.node.release == [winner == 1 ? 65 : 66] })
        #expect(nodes[winner == 1 ? 0 : 1].carriedOut.map(\.number) == [winner])
        #expect(nodes[winner == 1 ? 1 : 0].carriedOut.map(\.number) == [loser, winner])
        #expect(nodes[2].carriedOut.last?.number == winner)
    }

    @Test func `an order is forgotten and never begun again`() {
        let (cluster, nodes) = cluster([0, 0])
        nodes[0].give(9)
        cluster.run(until: cluster.now + 700)
        #expect(nodes[0].orders.isEmpty)
        let late = cluster.addNode()
        cluster.run(until: cluster.now + 10)
        #expect(late.carriedOut.isEmpty && nodes.allSatisfy { $0.carriedOut.count == 1 })
    }

    @Test func `a node that runs an older release is waited for no longer than three seconds, and orders are bounded`() {
        var log = OrderLog(of: InstanceID(high: 0, low: 1))
        let (old, up) = (InstanceID(high: 0, low: 2), Set([InstanceID(high: 0, low: 2)]))
        log.give(1, [0], release: [], rate: 10, at: .zero)
        _ = log.note([.init(number: 1, matching: 0, told: 0, gone: 0, isDone: true)], at: .zero)
        // One that is not heard may know nothing of it, as long as it is counted.
        #expect(log.states(up: up, at: .seconds(4))[1]?.isRunning == true)
        _ = log.hear([], [], from: old, uptime: .seconds(60), release: [], at: .seconds(5))
        #expect(log.states(up: up, at: .seconds(7))[1]?.unheard == 1)
        #expect(log.states(up: up, at: .seconds(9))[1]?.isRunning == false)
        // One that started after it was given is not waited for.
        let late = InstanceID(high: 0, low: 3)
        _ = log.hear([], [], from: late, uptime: .seconds(1), release: [], at: .seconds(9))
        #expect(log.states(up: up.union([late]), at: .seconds(9))[1]?.unheard == 0)
        #expect(log.told(to: [[]], at: .seconds(4)).count == 1 && log.told(to: [], at: .seconds(4)).isEmpty)
        for number in UInt64(2)...500 {
            log.give(number, [UInt8](repeating: 0, count: 10_000), release: [], rate: nil, at: .seconds(number))
            _ = log.note([.init(number: number, matching: 0, told: 0, gone: 0, isDone: true)], at: .seconds(number))
        }
        #expect(log.states(up: [], at: .seconds(500)).count == OrderLog.maxEntries)
        #expect(log.told(to: [[]], at: .seconds(500)).map(\.number) == [500, 499])
        _ = log.hear(
            [], [.init(number: 500, matching: 3, told: 3, gone: 0, isDone: true)], from: old, uptime: .seconds(900), release: [],
            at: .seconds(500))
        #expect(log.states(up: up, at: .seconds(500))[500]?.matching == 3)
    }
}
