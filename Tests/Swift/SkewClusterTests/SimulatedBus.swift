@testable import SkewCluster

/// Redis' PUBLISH and SUBSCRIBE in simulated time: first in, first out per connection, no memory, at most once.
struct BusFaults {
    /// Of a message to one receiver, silently.
    var loss = 0.01
    /// Of a message to one receiver: it comes up to 0.3 s late.
    var reorder = 0.005
    /// How long a message takes to the bus, and again from there.
    var delay = 0.0002...0.003
    /// Whether `PUBLISH` says to how many a message went; in Redis Cluster the number says little.
    var isBlind = false
}

/// A seeded source of randomness, so that a failure can be played again.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What happens at a time, in order.
struct Agenda {
    private struct Item {
        var time: Double
        var serial: Int
        var act: () -> Void
    }

    private var heap: [Item] = []
    private var serial = 0

    var nextTime: Double? { heap.first?.time }

    mutating func add(at time: Double, _ act: @escaping () -> Void) {
        serial += 1
        heap.append(Item(time: time, serial: serial, act: act))
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func takeFirst() -> (time: Double, act: () -> Void)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) { least = child }
                if least == parent { break }
                heap.swapAt(parent, least)
                parent = least
            }
        }
        return (first.time, first.act)
    }

    private func isBefore(_ a: Int, _ b: Int) -> Bool { (heap[a].time, heap[a].serial) < (heap[b].time, heap[b].serial) }
}
