import Testing

@testable import SkewCluster

/// What nodes tell each other besides numbers.
@Suite struct OrdersTests {
    private func cluster(_ count: Int) -> (SimulatedCluster, [SimulatedNode]) {
        let cluster = SimulatedCluster(seed: 1, faults: BusFaults(loss: 0, reorder: 0))
        let nodes = (0..<count).map { _ in cluster.addNode() }
        cluster.run(until: 4)
        return (cluster, nodes)
    }

    @Test func `what is taken back is heard once by each other node, also by one that was cut off and one that comes later`() {
        let (cluster, nodes) = cluster(3)
        nodes[2].isCut = true
        nodes[0].revoke("all")
        cluster.run(until: cluster.now + 5)
        #expect(nodes[1].revoked == ["all"] && nodes[2].revoked.isEmpty && nodes[0].revoked.isEmpty)
        nodes[2].isCut = false
        let late = cluster.addNode()
        cluster.run(until: cluster.now + 10)
        #expect(nodes[1].revoked == ["all"] && nodes[2].revoked == ["all"] && late.revoked == ["all"])
    }

    @Test func `a revocation is forgotten after an hour, and more than one can hold are bounded`() {
        var (one, other) = (RevocationLog(), RevocationLog())
        for number in 0..<3000 { one.add("connection:\(number)", id: UInt64(number), at: .seconds(number)) }
        let told = one.told(at: .seconds(3000))
        #expect(told.count == RevocationLog.maxTold && told.first?.target == "connection:2999")
        #expect(other.merge(told, at: .zero).count == told.count && other.merge(told, at: .seconds(1)).isEmpty)
        other.expire(at: .seconds(3601))
        #expect(other.told(at: .seconds(3601)).isEmpty)
        one.expire(at: .seconds(3000) + RevocationLog.memory)
        #expect(one.told(at: .seconds(3000) + RevocationLog.memory).isEmpty)
    }

    @Test func `a note is delivered once, however often it is said, and not from a stranger`() {
        let (cluster, nodes) = cluster(2)
        let first = nodes[0].note([1])
        cluster.run(until: cluster.now + 1)
        #expect(nodes[1].delivered == [[1]] && nodes[0].delivered.isEmpty)
        nodes[1].receive(first, over: nodes[1].link)
        nodes[1].receive(ClusterMessage(sender: InstanceID(high: 5, low: 5), body: .note(number: 9, [3])), over: nodes[1].link)
        #expect(nodes[1].delivered == [[1]])
        _ = nodes[0].note([2])
        cluster.run(until: cluster.now + 1)
        #expect(nodes[1].delivered == [[1], [2]])
    }

    @Test func `notes and revocations are read as they were written`() throws {
        var random = Seeded(7)
        var heartbeat = HeartbeatReaderTests.sample
        heartbeat.revocations = [
            .init(id: .max, target: "all", remaining: .seconds(60)), .init(id: 1, target: "connection:é", remaining: .zero),
        ]
        for body in [ClusterMessage.Body.note(number: .max, [0, 255, 13]), .heartbeat(heartbeat)] {
            let sender = InstanceID(using: &random)
            var (encoder, decoder) = (MessageEncoder(of: sender), MessageDecoder())
            let part = try #require(encoder.encode(body).first)
            let outcome = try decoder.decode(part)
            #expect(outcome == .message(ClusterMessage(sender: sender, body: body)))
        }
        var (encoder, decoder) = (MessageEncoder(of: InstanceID(using: &random)), MessageDecoder())
        let long = encoder.encode(.note(number: 1, [UInt8](repeating: 0, count: MessageFormat.maxNoteBytes + 1)))
        #expect(throws: MessageError.size) { _ = try decoder.decode(long[0]) }
    }
}

private enum HeartbeatReaderTests {
    static let sample = Heartbeat(
        label: "n", software: "1", basePath: "/__skew", state: .up, uptime: .seconds(1), wants: [], marks: [], isEmpty: true, hears: [],
        misses: [], asks: [], release: ControlRegister(initial: [], of: InstanceID(high: 0, low: 0)))
}
