internal import Glibc

/// Redis as the wire: `PUBLISH` and `SUBSCRIBE`, nothing is kept there. One thread of its own, on which alone libcurl is called.
package final class RedisBus: PeerBus {
    private let dialing: RedisDialing
    private let mailbox = RedisMailbox()

    /// - Parameter caFile: certificate authorities in PEM for `rediss`; nil for the system's.
    package init(_ location: RedisLocation, namespace: String, caFile: String? = nil) {
        dialing = RedisDialing(
            location: location, names: ChannelNames(namespace: namespace, database: location.database), caFile: caFile)
    }

    package func open(_ tell: @escaping @Sendable ([BusEvent]) -> Void) {
        let worker = RedisWorker(dialing, mailbox, tell)
        let context = unsafe Unmanaged.passRetained(worker).toOpaque()
        var id = pthread_t()
        guard unsafe pthread_create(&id, nil, runRedisWorker, context) == 0 else {
            unsafe Unmanaged<RedisWorker>.fromOpaque(context).release()
            return tell([.lost(.notConnected)])
        }
        pthread_detach(id)
    }

    package func publish(_ parts: [[UInt8]], on channel: BusChannel) { mailbox.publish(parts, on: channel) }
    package func listen(to channels: Set<BusChannel>) { mailbox.listen(to: channels) }
    package func reconnect() { mailbox.reconnect() }
    package func close() async { await mailbox.close() }

    /// Dials once and says what is wrong; nil where all is well. Blocks for up to a few seconds.
    package func check() -> BusFault? {
        do throws(BusFault) {
            _ = try dialing.dial(listeningTo: [])
            return nil
        } catch {
            return error
        }
    }
}

/// What runs on the thread of a bus.
private final class RedisWorker: Sendable {
    private let dialing: RedisDialing
    private let mailbox: RedisMailbox
    private let tell: @Sendable ([BusEvent]) -> Void
    /// What was said before the end is given so long to leave.
    private static let closing = Duration.milliseconds(500)
    /// What comes within so long of a look at what came is looked at together: to wake up costs more than what most messages say. Where much
    /// is said, as among many nodes, it waits longer.
    private static let (gathering, gatheringMuch) = (Duration.milliseconds(40), Duration.milliseconds(90))
    /// So many messages a second are much.
    private static let much = 150

    init(_ dialing: RedisDialing, _ mailbox: RedisMailbox, _ tell: @escaping @Sendable ([BusEvent]) -> Void) {
        (self.dialing, self.mailbox, self.tell) = (dialing, mailbox, tell)
    }

    func run() {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var channels: Set<BusChannel> = []
        while !mailbox.isClosing {
            var fault = BusFault.closed
            let began = MonotonicClock.now
            var wasLinked = false
            do throws(BusFault) {
                channels = mailbox.take().channels ?? channels
                let (publishing, listening) = try dialing.dial(listeningTo: channels)
                mailbox.setLinked(true)
                wasLinked = true
                tell([.connected])
                backoff.succeeded()
                try serve(publishing, listening, &channels)
                break
            } catch {
                fault = error
            }
            mailbox.setLinked(false)
            guard !mailbox.isClosing else { break }
            tell([.lost(fault)])
            let now = MonotonicClock.now
            pause(until: now + backoff.next(after: wasLinked ? .zero : now - began, using: &random))
        }
        mailbox.end()
    }

    /// Works until the connection is lost; returns when the bus is closed.
    private func serve(
        _ publishing: RedisConnection, _ listening: RedisConnection, _ channels: inout Set<BusChannel>
    ) throws(BusFault) {
        var closingUntil: Duration?
        var lastLook = MonotonicClock.now
        while true {
            let isClosing = mailbox.isClosing
            try carryOut(mailbox.take(), publishing, listening, &channels)
            let now = MonotonicClock.now
            if isClosing, closingUntil == nil { closingUntil = now + Self.closing }
            if let closingUntil, publishing.isIdle || now >= closingUntil { return }
            try publishing.look(at: now)
            try listening.look(at: now)
            let ready = Poll.wait(
                for: [
                    (mailbox.wakeDescriptor, false), (publishing.descriptor, publishing.isBlocked),
                    (listening.descriptor, listening.isBlocked),
                ], until: closingUntil ?? now + .seconds(1))
            if ready[0] { mailbox.rest() }
            var events: [RedisDialogue.Event] = []
            for (connection, isReady) in [(publishing, ready[1]), (listening, ready[2])] where isReady {
                try connection.flush()
                events += try connection.receive(at: MonotonicClock.now)
            }
            guard !events.isEmpty else { continue }
            tell(events.compactMap(BusEvent.init))
            // What is to be said does not wait.
            let look = MonotonicClock.now
            let isMuch = .seconds(events.count(where: \.isMessage)) > (look - lastLook) * Self.much
            lastLook = look
            _ = Poll.wait(for: [(mailbox.wakeDescriptor, false)], until: look + (isMuch ? Self.gatheringMuch : Self.gathering))
        }
    }

    private func carryOut(
        _ orders: RedisMailbox.Orders, _ publishing: RedisConnection, _ listening: RedisConnection, _ channels: inout Set<BusChannel>
    ) throws(BusFault) {
        if orders.isToReconnect { throw .noEcho }
        if orders.isOverfull { throw .overflow }
        if let wanted = orders.channels {
            channels = wanted
            try listening.say { $0.listen(to: wanted) }
        }
        for (channel, part) in orders.parts { try publishing.say { $0.publish(part, on: channel) } }
    }

    private func pause(until time: Duration) {
        while !mailbox.isClosing, MonotonicClock.now < time {
            if Poll.wait(for: [(mailbox.wakeDescriptor, false)], until: time)[0] { mailbox.rest() }
        }
    }
}

extension RedisDialogue.Event {
    /// Whether somebody said something.
    fileprivate var isMessage: Bool { if case .received = self { true } else { false } }
}

extension BusEvent {
    fileprivate init?(_ event: RedisDialogue.Event) {
        switch event {
        case .ready: return nil
        case .received(let part): self = .received(part)
        case .published(let receivers): self = .published(receivers: receivers)
        }
    }
}

@c private func runRedisWorker(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // A peer that is gone must not end the process; what is written to it fails instead.
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGPIPE)
    _ = unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    let worker = unsafe Unmanaged<RedisWorker>.fromOpaque(context!).takeRetainedValue()
    worker.run()
    return nil
}
