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
}
