import Synchronization
import Testing

@testable import SkewCluster

/// One node's end of a bus: keeps what it is told, in order, and lets a test wait for it.
final class BusListener: Sendable {
    let bus: any PeerBus
    private let tellings = Mutex<[[BusEvent]]>([])

    init(_ bus: any PeerBus) {
        self.bus = bus
        bus.open { events in self.tellings.withLock { $0.append(events) } }
    }

    var all: [BusEvent] { tellings.withLock { $0.flatMap(\.self) } }

    /// How often it was told something.
    var count: Int { tellings.withLock { $0.count } }

    var received: [[UInt8]] {
        all.compactMap { if case .received(let part) = $0 { part } else { nil } }
    }

    func forget() { tellings.withLock { $0 = [] } }

    /// Returns once it is so; fails after ten seconds.
    func wait(_ comment: Comment? = nil, _ condition: ([BusEvent]) -> Bool) async throws {
        for _ in 0..<1000 {
            if condition(all) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record(comment ?? "it did not come within ten seconds: \(all)")
    }

    func connected() async throws { try await wait { $0.contains(.connected) } }
}
