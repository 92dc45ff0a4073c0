import TestRedis
import Testing

@testable import SkewCluster

/// What every bus does, whatever it is made of.
@Suite struct PeerBusTests {
    enum Kind: CaseIterable, Sendable { case memory, redis, socket }

    /// Buses of one cluster, and what must live as long as they do.
    private struct Wire {
        let make: () -> any PeerBus
        let owner: AnyObject
        /// Ends and begins again, as a crash of what is between the nodes.
        let crash: () async throws -> Void

        init(_ kind: Kind) async throws {
            if kind == .memory {
                let hub = MemoryBus.Hub()
                (owner, make) = (hub, { MemoryBus(hub) })
                crash = {
                    hub.setUp(false)
                    hub.setUp(true)
                }
            } else {
                let server = try await RedisServer()
                let url = kind == .redis ? "redis://127.0.0.1:\(server.port)/1" : "unix://\(server.socket)?db=1"
                let location = try #require(RedisLocation(url))
                (owner, make) = (server, { RedisBus(location, namespace: "test") })
                crash = {
                    server.kill()
                    // For a while nobody is there, so that they try in vain, too.
                    try await Task.sleep(for: .milliseconds(100))
                    try await server.start()
                }
            }
        }

        func listeners(_ count: Int) async throws -> [BusListener] {
            let listeners = (0..<count).map { _ in BusListener(make()) }
            for listener in listeners { try await listener.connected() }
            return listeners
        }
    }

    @Test(arguments: Kind.allCases)
    func `what one says, all hear in order, the speaker too`(_ kind: Kind) async throws {
        let wire = try await Wire(kind)
        let listeners = try await wire.listeners(3)
        let parts = (0..<50).map { number in [UInt8(number), 0, 13, 10, 255, 36] }
        listeners[0].bus.publish(parts, on: .all)
        for listener in listeners { try await listener.wait { _ in listener.received.count == 50 } }
        #expect(listeners.allSatisfy { $0.received == parts })
        try await listeners[0].wait { $0.contains(.published(receivers: 3)) }
        for listener in listeners { await listener.bus.close() }
    }

    @Test(arguments: Kind.allCases)
    func `a part may be as long as a part can be`(_ kind: Kind) async throws {
        let wire = try await Wire(kind)
        let listeners = try await wire.listeners(2)
        let parts = (0..<20).map { [UInt8](repeating: UInt8($0), count: MessageFormat.maxPartBytes) }
        listeners[0].bus.publish(parts, on: .all)
        try await listeners[1].wait { _ in listeners[1].received.count == 20 }
        #expect(listeners[1].received == parts)
        for listener in listeners { await listener.bus.close() }
    }

    @Test(arguments: Kind.allCases)
    func `only who listens to a channel hears it`(_ kind: Kind) async throws {
        let wire = try await Wire(kind)
        let listeners = try await wire.listeners(2)
        listeners[1].bus.listen(to: [.routes, .node(7)])
        // Until it is in force, which nobody is told.
        for _ in 0..<500 where listeners[1].received.isEmpty {
            listeners[0].bus.publish([[1]], on: .routes)
            try await Task.sleep(for: .milliseconds(5))
        }
        for listener in listeners { listener.forget() }
        listeners[0].bus.publish([[2]], on: .node(8))
        listeners[0].bus.publish([[3]], on: .node(7))
        listeners[0].bus.publish([[4]], on: .all)
        for listener in listeners { try await listener.wait { $0.contains(.received([4])) } }
        #expect(listeners[0].received == [[4]])
        #expect(listeners[1].received.filter { $0 != [1] } == [[3], [4]])
        #expect(!listeners[0].all.contains(.published(receivers: 1)), "only the common channel is counted")
        for listener in listeners { await listener.bus.close() }
    }

    @Test(arguments: Kind.allCases)
    func `a connection that is lost is made anew, and listens as before`(_ kind: Kind) async throws {
        let wire = try await Wire(kind)
        let listeners = try await wire.listeners(2)
        listeners[1].bus.listen(to: [.rows])
        for listener in listeners { listener.forget() }
        try await wire.crash()
        for listener in listeners { try await listener.connected() }
        #expect(listeners.allSatisfy { $0.all.first?.isLost ?? false })
        listeners[0].bus.publish([[9]], on: .rows)
        try await listeners[1].wait { $0.contains(.received([9])) }
        for listener in listeners { await listener.bus.close() }
    }

    @Test(arguments: Kind.allCases)
    func `a node may ask for another connection`(_ kind: Kind) async throws {
        let wire = try await Wire(kind)
        let listener = try #require(try await wire.listeners(1).first)
        listener.forget()
        listener.bus.reconnect()
        try await listener.wait { $0 == [.lost(.noEcho), .connected] }
        await listener.bus.close()
    }

    @Test(arguments: Kind.allCases)
    func `the last words are still said, and nothing is heard after the end`(_ kind: Kind) async throws {
        let wire = try await Wire(kind)
        let listeners = try await wire.listeners(2)
        listeners[0].bus.publish([[1]], on: .all)
        await listeners[0].bus.close()
        try await listeners[1].wait { $0.contains(.received([1])) }
        listeners[0].forget()
        listeners[0].bus.publish([[2]], on: .all)
        listeners[1].bus.publish([[3]], on: .all)
        try await listeners[1].wait { $0.contains(.received([3])) }
        #expect(!listeners[1].received.contains([2]) && listeners[0].received.isEmpty)
        await listeners[1].bus.close()
    }
}

extension BusEvent {
    var isLost: Bool {
        if case .lost = self { true } else { false }
    }
}
