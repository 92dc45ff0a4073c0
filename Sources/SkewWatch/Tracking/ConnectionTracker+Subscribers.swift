internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// A `subscribe-stats` whose verdict is still out.
struct PendingSubscription: Sendable {
    var socket: SocketID
    var mode: StatisticsMode
    /// The connection that asked. A verdict that comes back for a socket that has another connection by now is void.
    var connection: ConnectionID
}

/// Who watches: subscriptions, and what is sent to them.
extension ConnectionTracker {
    // MARK: Coming and going

    /// A client asked for statistics. A repeated request is judged anew and answered again.
    ///
    /// - Parameter hasToken: whether the request that asks carries the stats token; a handshake that did is remembered.
    func subscribe(_ socket: SocketID, token: String?, mode: StatisticsMode, hasToken: Bool = false) {
        guard let connection = connections[socket.place] else { return }
        guard settings.connectionTracking else { return deny(socket) }
        if hasToken || connection.hasToken || settings.statsToken.matches(token) { return grant(socket, connection.id, mode, .ips) }
        guard let desk, let head = heads[socket.place] else { return deny(socket) }
        let pending = PendingSubscription(socket: socket, mode: mode, connection: connection.id)
        let request = StatsRequest(connection: info(of: connection), head: head, token: token)
        if !desk.submit(.init(request: request, tracker: self, subscription: pending)) { deny(socket) }
    }

    /// The verdict on a pending subscription; nil denies. The socket may be gone by now.
    func settle(_ pending: PendingSubscription, scope: StatisticsScope?) {
        guard let connection = connections[pending.socket.place], connection.id == pending.connection else { return }
        guard let scope else { return deny(pending.socket) }
        grant(pending.socket, connection.id, pending.mode, scope)
    }

    private func grant(_ socket: SocketID, _ connection: ConnectionID, _ mode: StatisticsMode, _ scope: StatisticsScope) {
        counters.authorizations[.granted, default: 0] += 1
        let earliest = subscribers[socket.place]?.earliestStatistics ?? .zero
        unsubscribe(socket.place)
        let kind = SubscriptionKind(mode: mode, scope: scope)
        let id = Subscriber.ID(socket: socket, serial: takeSerial())
        let subscriber = Subscriber(id: id, connection: connection, kind: kind, earliestStatistics: earliest)
        subscribers[socket.place] = subscriber
        shared.inbox.subscribersChanged(kind, by: 1)
        requestStatistics(for: subscriber)
    }

    private func deny(_ socket: SocketID) {
        counters.authorizations[.denied, default: 0] += 1
        unsubscribe(socket.place)
        loop?.send(ServerMessage.statsUnauthorized.encoded, to: socket)
    }

    /// Takes the subscription of a place back, if there is one.
    func unsubscribe(_ place: Int) {
        guard let subscriber = subscribers.removeValue(forKey: place) else { return }
        shared.inbox.subscribersChanged(subscriber.kind, by: -1)
    }

    private func requestStatistics(for subscriber: Subscriber) {
        shared.inbox.request(
            .init(tracker: index, subscriber: subscriber.id, kind: subscriber.kind, notBefore: subscriber.earliestStatistics))
    }

    // MARK: Delivering

    /// A round of news for everybody on this loop.
    func deliver(_ broadcast: Broadcast) {
        var payloads: [SubscriptionKind: Payload] = [:]
        let now = MonotonicTime.now
        for (place, subscriber) in subscribers where subscriber.state == .current {
            guard let message = broadcast.messages[subscriber.kind] else { continue }
            guard loop?.isBusy(subscriber.id.socket) == false else {
                subscribers[place]?.state = .behind
                counters.coalescedPushes += 1
                continue
            }
            switch message {
            case .delta(let bytes):
                let payload = payloads[subscriber.kind] ?? Payload(bytes)
                payloads[subscriber.kind] = payload
                loop?.send(payload, to: subscriber.id.socket)
            case .whole(let bytes):
                let payload = payloads[subscriber.kind] ?? Payload(bytes)
                payloads[subscriber.kind] = payload
                send(payload, to: subscriber, at: now)
            }
        }
    }

    /// One whole `stats` for some subscribers of one kind.
    func deliver(_ bytes: [UInt8], sequence: Int, to ids: [Subscriber.ID]) {
        let payload = Payload(bytes)
        let now = MonotonicTime.now
        for id in ids {
            guard let subscriber = subscribers[id.socket.place], subscriber.id == id else { continue }
            guard loop?.isBusy(id.socket) == false else {
                subscribers[id.socket.place]?.state = .behind
                continue
            }
            subscribers[id.socket.place]?.state = .current
            send(payload, to: subscriber, at: now)
        }
    }

    private func send(_ payload: Payload, to subscriber: Subscriber, at now: Duration) {
        var tail: [UInt8] = []
        tail.reserveCapacity(StatisticsEncoder.tailLength)
        StatisticsEncoder.appendTail(yourID: subscriber.connection, to: &tail)
        subscribers[subscriber.id.socket.place]?.earliestStatistics = now + Pacing.pause(after: payload.count)
        loop?.send(payload, tail: tail, to: subscriber.id.socket)
    }

    /// A socket that was too slow can take bytes again: it gets the newest state, whatever it missed.
    func catchUp(_ socket: SocketID) {
        guard let subscriber = subscribers[socket.place], subscriber.state == .behind else { return }
        subscribers[socket.place]?.state = .awaitingStatistics
        requestStatistics(for: subscriber)
    }
}
