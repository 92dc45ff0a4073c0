internal import Synchronization

/// A bus within one process, for tests: what Redis does, without Redis.
package final class MemoryBus: PeerBus {
    /// What the buses of one cluster share.
    package final class Hub: Sendable {
        fileprivate struct Listener {
            var channels: Set<BusChannel> = [.all]
            var isConnected = false
            var tell: @Sendable ([BusEvent]) -> Void
        }

        fileprivate struct State {
            var listeners: [ObjectIdentifier: Listener] = [:]
            /// Of those that were not opened yet.
            var early: [ObjectIdentifier: Set<BusChannel>] = [:]
            var isUp = true
        }

        fileprivate let state = Mutex(State())

        package init() {}

        /// Nobody is connected, until it is up again.
        package func setUp(_ isUp: Bool) {
            state.withLock { state in
                guard state.isUp != isUp else { return }
                state.isUp = isUp
                for (id, listener) in state.listeners {
                    state.listeners[id]?.isConnected = isUp
                    listener.tell([isUp ? .connected : .lost(.closed)])
                }
            }
        }
    }

    private let hub: Hub

    package init(_ hub: Hub) {
        self.hub = hub
    }

    package func open(_ tell: @escaping @Sendable ([BusEvent]) -> Void) {
        hub.state.withLock { state in
            precondition(state.listeners[ObjectIdentifier(self)] == nil, "a bus is opened once")
            let channels = state.early.removeValue(forKey: ObjectIdentifier(self)) ?? []
            state.listeners[ObjectIdentifier(self)] = Hub.Listener(
                channels: channels.union([.all]), isConnected: state.isUp, tell: tell)
            tell([state.isUp ? .connected : .lost(.notConnected)])
        }
    }

    // Under the lock, so that all hear everything in one order. Who is told must not wait, and so does not call back.
    package func publish(_ parts: [[UInt8]], on channel: BusChannel) {
        hub.state.withLock { state in
            guard let own = state.listeners[ObjectIdentifier(self)], own.isConnected else { return }
            for part in parts {
                var receivers = 0
                for listener in state.listeners.values where listener.isConnected && listener.channels.contains(channel) {
                    receivers += 1
                    listener.tell([.received(part)])
                }
                if channel == .all { own.tell([.published(receivers: receivers)]) }
            }
        }
    }

    package func listen(to channels: Set<BusChannel>) {
        hub.state.withLock { state in
            if state.listeners[ObjectIdentifier(self)] == nil { state.early[ObjectIdentifier(self)] = channels }
            state.listeners[ObjectIdentifier(self)]?.channels = channels.union([.all])
        }
    }

    package func reconnect() {
        hub.state.withLock { state in
            guard state.isUp, let own = state.listeners[ObjectIdentifier(self)] else { return }
            own.tell([.lost(.noEcho), .connected])
        }
    }

    package func close() async {
        hub.state.withLock { $0.listeners[ObjectIdentifier(self)] = nil }
    }
}
