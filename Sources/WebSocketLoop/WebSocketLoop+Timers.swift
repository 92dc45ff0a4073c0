internal import CLibuv
internal import CLibwebsockets
internal import CLinux
internal import Glibc

/// What happens by the clock, ten times a second.
extension WebSocketLoop {
    /// Pings per tick: those of 10,000 sockets that opened in the same second are spread over the next seconds, and so are their
    /// deadlines from then on.
    private static let pingsPerTick = 500

    func tick() {
        let now = now
        noteLag()
        dropUnfinishedHandshakes(at: now)
        dropSilent(at: now)
        ping(at: now)
        dropBlocked(at: now)
        while let place = closings.popDue(at: now) { kill(place) }
        keepAlive(at: now)
        sweepDoomed()
        for notice in libraryLog.take(at: now) { log(notice) }
        if stopped == nil { hooks.tick() }
        finishStopping()
    }

    private func noteLag() {
        let time = uv_hrtime() / 1_000_000
        if expectedTick > 0, time > expectedTick { longestLag = max(longestLag, time - expectedTick) }
        expectedTick = time + UInt64(1000 / Self.ticksPerSecond)
    }

    private func dropUnfinishedHandshakes(at now: UInt32) {
        while let place = handshakes.popDue(at: now) { kill(place) }
    }

    private func dropSilent(at now: UInt32) {
        while let place = pongs.firstDue(at: now), let deadline = pongs.deadline(of: place) {
            pongs.remove(place)
            guard isThere(place, pingedAt: deadline - Self.ticks(options.pongTimeout)) else {
                drop(place, .pongTimeout)
                continue
            }
            table[place].isAwaitingPong = false
            pings.append(place, due: now + Self.ticks(options.pingInterval))
        }
    }

    /// Whether a peer that no pong was reported of is there all the same: anything it sent since its ping shows that, a pong without
    /// the payload, for one, which libwebsockets keeps to itself. One that has bytes pending is judged by whether it takes them.
    private func isThere(_ place: Int, pingedAt tick: UInt32) -> Bool {
        if outboxes[place] != nil { return true }
        guard let wsi = unsafe table[place].wsi else { return false }
        // The loop's own time is that of its turn; the kernel counts silence in jiffies of up to 10 ms.
        unsafe uv_update_time(uv)
        let silence = unsafe milliseconds_since_data(lws_get_socket_fd(wsi))
        let sincePing = unsafe uv_now(uv) - startedAt - UInt64(tick - 1) * UInt64(1000 / Self.ticksPerSecond)
        return silence >= 0 && UInt64(silence) <= sincePing + 10
    }

    private func ping(at now: UInt32) {
        for _ in 0..<Self.pingsPerTick {
            guard let place = pings.popDue(at: now) else { return }
            // A socket with bytes pending is judged by whether it takes them: a ping would only queue behind them.
            guard outboxes[place] == nil, let wsi = unsafe table[place].wsi else {
                pings.append(place, due: now + Self.ticks(options.pingInterval))
                continue
            }
            table[place].isAwaitingPong = true
            pongs.append(place, due: now + Self.ticks(options.pongTimeout))
            // libwebsockets does not report pongs without a payload.
            _ = unsafe withHeadroom([0x70]) { unsafe lws_write(wsi, $0, 1, LWS_WRITE_PING) }
        }
    }

    private func keepAlive(at now: UInt32) {
        var event: [UInt8]?
        while let place = keepalives.popDue(at: now) {
            keepalives.append(place, due: now + Self.ticks(options.keepaliveInterval))
            guard outboxes[place] == nil else { continue }
            let bytes = event ?? hooks.keepalive()
            event = bytes
            send(bytes, to: table.socket(at: place))
        }
    }

    private func dropBlocked(at now: UInt32) {
        guard !outboxes.isEmpty, now % UInt32(Self.ticksPerSecond) == 0 else { return }
        let patience = Self.ticks(options.blockedTimeout)
        for place in Array(outboxes.keys) {
            guard let wsi = unsafe table[place].wsi else { continue }
            var unsent: Int32 = 0
            _ = unsafe ioctl(lws_get_socket_fd(wsi), UInt(TIOCOUTQ), &unsent)
            outboxes[place]?.note(unsent: unsent, at: now)
            if let outbox = outboxes[place], now - outbox.lastProgress >= patience { drop(place, .slowConsumer) }
        }
    }
}
