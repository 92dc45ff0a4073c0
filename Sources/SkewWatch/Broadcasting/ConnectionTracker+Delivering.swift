internal import SkewProtocol
internal import WebSocketLoop

/// What the scheduler hands to a loop: each message becomes a payload once, whoever gets it.
extension ConnectionTracker {
    /// A round of news for everybody on this loop.
    func deliver(_ broadcast: Broadcast) {
        var payloads: [SubscriptionKind: Payload] = [:]
        let now = MonotonicTime.now
        for subscriber in subscribers {
            guard let message = broadcast.messages[subscriber.kind] else { continue }
            let payload = payloads[subscriber.kind] ?? Payload(message.bytes)
            payloads[subscriber.kind] = payload
            deliver(payload, isWhole: message.isWhole, to: subscriber.id, at: now)
        }
    }

    /// One whole `stats` for some subscribers of one kind.
    func deliver(_ bytes: [UInt8], to ids: [Subscriber.ID]) {
        let payload = Payload(bytes)
        let now = MonotonicTime.now
        for id in ids { deliver(payload, isWhole: true, to: id, at: now) }
    }

    /// Sends a message to a subscriber, unless it is gone or too slow.
    /// - Parameter isWhole: whether it is a whole `stats`, which says at its end who the receiver is.
    private func deliver(_ payload: Payload, isWhole: Bool, to id: Subscriber.ID, at now: Duration) {
        let isBusy = loop?.isBusy(id.socket) ?? true
        switch offer(to: id, wholeOf: isWhole ? payload.count : nil, isBusy: isBusy, at: now) {
        case .deliver where isWhole:
            guard let connection = connections[id.socket.index] else { return }
            var tail: [UInt8] = []
            tail.reserveCapacity(StatisticsEncoder.tailLength)
            StatisticsEncoder.appendTail(yourID: connection.id, to: &tail)
            loop?.send(payload, tail: tail, to: id.socket)
        case .deliver: loop?.send(payload, to: id.socket)
        case .catchUp: countCoalescedPush()
        case .due, nil: break
        }
    }

    /// Has the scheduler write a whole `stats` for who is due one.
    func requestStatistics(_ action: Subscriptions.Action) {
        guard case .due(let subscriber) = action else { return }
        shared.inbox.request(
            .init(tracker: index, subscriber: subscriber.id, kind: subscriber.kind, notBefore: subscriber.earliestStatistics))
    }
}
