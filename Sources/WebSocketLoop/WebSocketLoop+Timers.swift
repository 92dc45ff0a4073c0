internal import CLibuv
internal import CLibwebsockets
internal import CLinux
internal import Glibc

/// What happens by the clock, ten times a second.
extension WebSocketLoop {
    /// Pings and keepalives per tick, each: those of 10,000 sockets that opened in the same second are spread over the next seconds, and so are their
    /// deadlines from then on.
    private static let pingsPerTick = 500

    func tick() {
        let now = now
        noteTurn()
        if isRunning { watchDeadlines(at: now) }
        sweepDoomed()
        if isRunning {
            if now % UInt32(Self.ticksPerSecond) == 0, memoryRelease.isDue(open: table.count) { malloc_trim(0) }
            for notice in libraryLog.take(at: now) { log(notice) }
            hooks.tick()
        }
        finishStopping()
    }

    private func watchDeadlines(at now: UInt32) {
        while let (index, _) = deadlines.takeDue(.handshake, at: now) { end(index, .overdue) }
        while let (index, due) = deadlines.takeDue(.pong, at: now) { missPong(index, due: due, at: now) }
        for _ in 0..<Self.pingsPerTick {
            guard let (index, _) = deadlines.takeDue(.ping, at: now) else { break }
            ping(index, at: now)
        }
        dropBlocked(at: now)
        while let (index, _) = deadlines.takeDue(.goodbye, at: now) { end(index, .overdue) }
        keepAlive(at: now)
    }

    private func missPong(_ index: Int, due: UInt32, at now: UInt32) {
        guard isThere(index, pingedAt: due - waits.pong) else {
            end(index, .givenUp(.pongTimeout))
            return
        }
        deadlines.set(.ping, index, due: now + waits.ping)
    }

    /// Whether a peer that no pong was reported of is there all the same: anything it sent since its ping shows that, a pong without
    /// the payload, for one, which libwebsockets keeps to itself. One that has bytes pending is judged by whether it takes them.
    private func isThere(_ index: Int, pingedAt tick: UInt32) -> Bool {
        if outboxes[index] != nil { return true }
        guard let descriptor = peerDescriptor(of: index) else { return false }
        // The loop's own time is that of its turn; the kernel counts silence in jiffies of up to 10 ms.
        unsafe uv_update_time(uv)
        let silence = milliseconds_since_data(descriptor)
        let sincePing = unsafe uv_now(uv) - startedAt - UInt64(tick - 1) * UInt64(1000 / Self.ticksPerSecond)
        return silence >= 0 && UInt64(silence) <= sincePing + 10
    }

    private func ping(_ index: Int, at now: UInt32) {
        // A socket with bytes pending is judged by whether it takes them: a ping would only queue behind them.
        guard outboxes[index] == nil, let wsi = unsafe table[index].wsi else {
            deadlines.set(.ping, index, due: now + waits.ping)
            return
        }
        deadlines.set(.pong, index, due: now + waits.pong)
        // libwebsockets does not report pongs without a payload.
        _ = unsafe withHeadroom([0x70]) { unsafe lws_write(wsi, $0, 1, LWS_WRITE_PING) }
    }

    private func keepAlive(at now: UInt32) {
        var event: [UInt8]?
        for _ in 0..<Self.pingsPerTick {
            guard let (index, _) = deadlines.takeDue(.keepalive, at: now) else { return }
            deadlines.set(.keepalive, index, due: now + waits.keepalive)
            guard outboxes[index] == nil else { continue }
            let bytes = event ?? hooks.keepalive()
            event = bytes
            send(bytes, to: table.socket(at: index))
        }
    }

    private func dropBlocked(at now: UInt32) {
        guard !outboxes.isEmpty, now % UInt32(Self.ticksPerSecond) == 0 else { return }
        let patience = waits.blocked
        for index in Array(outboxes.keys) {
            guard let descriptor = descriptor(of: index) else { continue }
            var unsent: Int32 = 0
            _ = unsafe ioctl(descriptor, UInt(TIOCOUTQ), &unsent)
            outboxes[index]?.note(unsent: unsent, at: now)
            if let outbox = outboxes[index], now - outbox.lastProgress >= patience { end(index, .givenUp(.slowConsumer)) }
        }
    }
}
