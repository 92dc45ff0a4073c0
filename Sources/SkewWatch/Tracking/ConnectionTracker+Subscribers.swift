internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Who watches: what is sent to them.
extension ConnectionTracker {
    // MARK: Coming and going

    /// Lets a socket watch: it gets a whole `stats`, and from then on what changes.
    func admit(_ request: SubscriptionRequest, _ scope: StatisticsScope) {
        let kind = SubscriptionKind(mode: request.mode, scope: scope)
        if let before = subscriptions.kind(at: request.socket.index) { shared.inbox.subscribersChanged(before, by: -1) }
        requestStatistics(subscriptions.admit(request.socket, kind))
        shared.inbox.subscribersChanged(kind, by: 1)
    }

    /// Takes the subscription of a socket back, if there is one.
    func unsubscribe(_ index: Int) {
        guard let kind = subscriptions.forget(index) else { return }
        shared.inbox.subscribersChanged(kind, by: -1)
    }

    // MARK: Delivering

    /// A round of news for everybody on this loop.
    func deliver(_ broadcast: Broadcast) {
        var payloads: [SubscriptionKind: Payload] = [:]
        let now = MonotonicTime.now
        for subscriber in subscriptions.current {
            guard let message = broadcast.messages[subscriber.kind] else { continue }
            let payload = payloads[subscriber.kind] ?? Payload(message.bytes)
            payloads[subscriber.kind] = payload
            let action = offer(payload, isWhole: message.isWhole, to: subscriber.id, at: now)
            if action == .catchUp { counters.coalescedPushes += 1 }
        }
    }

    /// One whole `stats` for some subscribers of one kind.
    func deliver(_ bytes: [UInt8], to ids: [Subscriber.ID]) {
        let payload = Payload(bytes)
        let now = MonotonicTime.now
        for id in ids { _ = offer(payload, isWhole: true, to: id, at: now) }
    }

    private func offer(_ payload: Payload, isWhole: Bool, to id: Subscriber.ID, at now: Duration) -> Subscriptions.Action? {
        let isBusy = loop?.isBusy(id.socket) ?? true
        let action = subscriptions.offer(to: id, wholeOf: isWhole ? payload.count : nil, isBusy: isBusy, at: now)
        if action == .deliver, isWhole {
            loop?.send(payload, tail: tail(for: id.socket), to: id.socket)
        } else if action == .deliver {
            loop?.send(payload, to: id.socket)
        }
        return action
    }

    /// The end of a whole `stats`, which only its receiver gets.
    private func tail(for socket: SocketID) -> [UInt8] {
        guard let connection = connections[socket.index] else { return [] }
        var tail: [UInt8] = []
        tail.reserveCapacity(StatisticsEncoder.tailLength)
        StatisticsEncoder.appendTail(yourID: connection.id, to: &tail)
        return tail
    }

    /// A socket that was too slow can take bytes again.
    func catchUp(_ socket: SocketID) {
        if let action = subscriptions.drained(socket.index) { requestStatistics(action) }
    }

    private func requestStatistics(_ action: Subscriptions.Action) {
        guard case .due(let subscriber) = action else { return }
        shared.inbox.request(
            .init(tracker: index, subscriber: subscriber.id, kind: subscriber.kind, notBefore: subscriber.earliestStatistics))
    }
}
