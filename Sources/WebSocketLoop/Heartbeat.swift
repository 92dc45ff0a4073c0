internal import Synchronization

/// Shows any thread, without waiting, whether a loop turns.
package final class Heartbeat: Sendable {
    private static let ended = UInt64.max
    private let beats = Atomic<UInt64>(0)

    init() {}

    /// A number that changes ten times a second while the loop turns; nil once the loop has ended, and before it has begun.
    package var count: UInt64? {
        let count = beats.load(ordering: .relaxed)
        return count == 0 || count == Self.ended ? nil : count
    }

    /// The loop turns. Only its own thread beats; a second loop on the same thread begins anew.
    func beat() {
        let count = beats.load(ordering: .relaxed)
        beats.store(count == Self.ended ? 1 : count + 1, ordering: .relaxed)
    }

    func end() { beats.store(Self.ended, ordering: .relaxed) }
}
