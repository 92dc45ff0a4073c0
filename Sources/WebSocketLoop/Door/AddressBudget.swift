internal import Synchronization

/// What one address may take, over all loops: connections at once, and new ones per second. Any thread.
///
/// A peer counts from accept on. Behind a trusted proxy the peer is the proxy, which has no limit: there the handler counts the client.
package final class AddressBudget: Sendable {
    /// A limit of each address.
    package struct Limit: Sendable, Equatable {
        package var most: Int
        /// Whether addresses that only a private network can reach have it, too: a proxy that nobody named may be one of them.
        package var includesPrivate: Bool

        package init(_ most: Int, includesPrivate: Bool = true) {
            (self.most, self.includesPrivate) = (most, includesPrivate)
        }
    }

    /// nil means no limit.
    package struct Rules: Sendable {
        package var connections: Limit?
        package var newPerSecond: Limit?

        package init(connections: Limit? = nil, newPerSecond: Limit? = nil) {
            (self.connections, self.newPerSecond) = (connections, newPerSecond)
        }
    }

    enum Admission: Equatable {
        /// Let in; it counts, and is to be given back.
        case counted
        /// Let in without being counted.
        case free
        case refused(ConnectionRefusal)
    }

    private struct State {
        var rules: Rules
        var counts: [AddressKey: Int] = [:]
        /// Made with the first arrival that counts.
        var arrivals: ArrivalBuckets?
    }

    private let state: Mutex<State>
    /// Whether an address is a proxy that speaks for others.
    let isProxy: @Sendable (PeerAddress) -> Bool

    /// - Parameter isProxy: whether an address is a proxy that speaks for others, and so has no limit of its own.
    package init(_ rules: Rules, isProxy: @escaping @Sendable (PeerAddress) -> Bool = { _ in false }) {
        state = Mutex(State(rules: rules))
        self.isProxy = isProxy
    }

    /// Nobody who is there is cut.
    package func change(to rules: Rules) { state.withLock { $0.rules = rules } }

    /// A connection of `peer` was accepted.
    /// - Parameter tick: a tenth of a second of a clock that all loops share.
    func admit(_ peer: PeerAddress, at tick: UInt32) -> Admission {
        guard !isProxy(peer) else { return .free }
        return state.withLock { state in
            if let rate = state.rules.newPerSecond, rate.concerns(peer) {
                if state.arrivals == nil { state.arrivals = ArrivalBuckets() }
                guard state.arrivals!.take(peer.key, at: tick, perSecond: rate.most) else { return .refused(.addressRate) }
            }
            guard let limit = state.rules.connections, limit.concerns(peer) else { return .free }
            guard state.counts[peer.key] ?? 0 < limit.most else { return .refused(.addressLimit) }
            state.counts[peer.key, default: 0] += 1
            return .counted
        }
    }

    /// Whether a further connection of `client`, who comes through a proxy, is one too many.
    package func isUsedUp(by client: PeerAddress) -> Bool {
        guard !isProxy(client) else { return false }
        return state.withLock { state in
            guard let limit = state.rules.connections, limit.concerns(client) else { return false }
            return state.counts[client.key] ?? 0 >= limit.most
        }
    }

    /// Counts a connection of `client`, who comes through a proxy.
    /// - Returns: whether it is to be given back.
    package func take(_ client: PeerAddress) -> Bool {
        guard !isProxy(client) else { return false }
        return state.withLock { state in
            guard let limit = state.rules.connections, limit.concerns(client) else { return false }
            state.counts[client.key, default: 0] += 1
            return true
        }
    }

    package func giveBack(_ address: AddressKey) {
        state.withLock { state in
            let left = (state.counts[address] ?? 0) - 1
            state.counts[address] = left > 0 ? left : nil
        }
    }
}

extension AddressBudget.Limit {
    fileprivate func concerns(_ peer: PeerAddress) -> Bool { includesPrivate || !peer.isPrivate }
}
