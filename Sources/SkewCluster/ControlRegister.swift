/// A value that the whole cluster shares, such as the announced release. The higher count wins, and of two that were set at the same time the
/// higher instance: no clock is compared. Every heartbeat carries it, so it cannot be lost.
package struct ControlRegister<Value: Sendable & Equatable>: Sendable, Equatable {
    /// Higher counts are not read from the bus.
    package static var maxCount: UInt64 { 1 << 48 - 1 }

    /// How often it was set, and by whom last.
    package private(set) var count: UInt64
    package private(set) var instance: InstanceID
    package private(set) var value: Value

    /// Starts with what a node was configured with; anything that was ever set wins over it.
    package init(initial value: Value, of instance: InstanceID) {
        (self.count, self.instance, self.value) = (0, instance, value)
    }

    package init(count: UInt64, instance: InstanceID, value: Value) {
        (self.count, self.instance, self.value) = (count, instance, value)
    }

    /// Sets a new value here.
    package mutating func set(_ value: Value, by instance: InstanceID) {
        // Who claims the highest count there is must not make this trap.
        count = min(count + 1, Self.maxCount)
        (self.instance, self.value) = (instance, value)
    }

    /// Adopts another node's value, where that is newer.
    /// - Returns: whether the value is another one now.
    package mutating func merge(_ other: ControlRegister) -> Bool {
        guard (other.count, other.instance) > (count, instance) else { return false }
        let isChanged = other.value != value
        self = other
        return isChanged
    }
}
