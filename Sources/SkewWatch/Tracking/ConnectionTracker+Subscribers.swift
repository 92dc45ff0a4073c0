internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Who watches: subscriptions, and what is sent to them.
extension ConnectionTracker {
    // MARK: Coming and going

    /// Lets a socket watch: it gets a whole `stats`, and from then on what changes.
    func admit(_ ask: SubscriptionRequest, _ grant: Grant) {
        let place = ask.socket.place
        let earliest = subscribers[place]?.earliestStatistics ?? .zero
        unsubscribe(place)
        let kind = SubscriptionKind(mode: ask.mode, scope: grant.scope)
        let id = Subscriber.ID(socket: ask.socket, serial: takeSerial())
        let subscriber = Subscriber(
            id: id, connection: ask.connection, kind: kind, grant: grant, credentials: ask.credentials, earliestStatistics: earliest)
        subscribers[place] = subscriber
        deadlines.set(place, due: grant.nextLook(from: MonotonicTime.now))
        shared.inbox.subscribersChanged(kind, by: 1)
        requestStatistics(for: subscriber)
    }

    /// Ends what a socket was shown, and tells it so.
    func deny(_ socket: SocketID) {
        unsubscribe(socket.place)
        loop?.send(ServerMessage.statsUnauthorized.encoded, to: socket)
    }

    /// Takes the subscription of a place back, if there is one.
    func unsubscribe(_ place: Int) {
        guard let subscriber = subscribers.removeValue(forKey: place) else { return }
        deadlines.remove(place)
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
    func deliver(_ bytes: [UInt8], to ids: [Subscriber.ID]) {
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
        subscribers[subscriber.id.socket.place]?.earliestStatistics = now + BroadcastSchedule.pause(after: payload.count)
        loop?.send(payload, tail: tail, to: subscriber.id.socket)
    }

    /// A socket that was too slow can take bytes again: it gets the newest state, whatever it missed.
    func catchUp(_ socket: SocketID) {
        guard let subscriber = subscribers[socket.place], subscriber.state == .behind else { return }
        subscribers[socket.place]?.state = .awaitingStatistics
        requestStatistics(for: subscriber)
    }
}
