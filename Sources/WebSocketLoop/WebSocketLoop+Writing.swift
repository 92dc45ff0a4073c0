internal import CLibuv
internal import CLibwebsockets
internal import Glibc

/// Sending. A write goes straight to the kernel while nothing waits for the socket; that costs 10 to 13 µs where a round through
/// `lws_callback_on_writable` costs 15 to 19. What the kernel does not take waits in the socket's outbox.
extension WebSocketLoop {
    /// Messages up to this size are composed whole for each receiver; larger ones go out as fragments of shared bytes.
    static let scratchBytes = 16 * 1024

    /// Sends a text or binary message. On a socket that is gone it does nothing; a socket for which too much waits is closed.
    package func send(_ bytes: [UInt8], isText: Bool = true, to socket: SocketID) {
        enqueue(.message(bytes, isText: isText), to: socket)
    }

    /// Sends a text message that others receive too, without copying it.
    package func send(_ payload: Payload, to socket: SocketID) {
        enqueue(.shared(payload), to: socket)
    }

    /// The same for whatever socket is at `place` now.
    package func sendSocket(at place: Int, _ payload: Payload) {
        enqueue(.shared(payload), to: table.socket(at: place))
    }

    /// Sends a text message that is `body` and then the receiver's own `tail`.
    ///
    /// A small one is composed whole. A large one goes out as WebSocket fragments of at most 64 KiB of the shared bytes, the next
    /// one when the socket has drained, the tail as the closing fragment: so a receiver costs no copy of it.
    package func send(_ body: Payload, tail: [UInt8], to socket: SocketID) {
        guard body.count + tail.count <= Self.scratchBytes else {
            return enqueue(.fragments(of: body, offset: 0, tail: tail), to: socket)
        }
        unsafe enqueue(
            .message(body.withBytes(from: 0) { unsafe Array(UnsafeBufferPointer(start: $0, count: body.count)) } + tail, isText: true),
            to: socket)
    }

    /// Whether bytes wait for this socket: the newest state is better sent when it has drained.
    package func isBusy(_ socket: SocketID) -> Bool {
        table.place(of: socket).map { outboxes[$0] != nil } ?? false
    }

    /// Closes a socket with a code. The handler is not told of it again.
    ///
    /// A peer that takes the close frame but does not answer, or can't take it, is dropped after five seconds.
    package func close(_ socket: SocketID, _ code: CloseCode) {
        guard let place = table.place(of: socket) else { return }
        switch table[place].phase {
        case .open:
            stopServing(place)
            closeWhenWritable(place, code)
        case .stream:
            stopServing(place)
            kill(place)
        case .free, .handshake, .http, .closing: break
        }
    }

    /// The same for whatever socket is at `place` now. A stream is sent the bytes of `farewell`, as they are, before it ends.
    package func closeSocket(at place: Int, _ code: CloseCode, farewell: [UInt8] = []) {
        if table[place].phase == .stream, !farewell.isEmpty, outboxes[place] == nil, let wsi = unsafe table[place].wsi {
            _ = unsafe withHeadroom(farewell) { unsafe lws_write(wsi, $0, farewell.count, LWS_WRITE_HTTP) }
        }
        close(table.socket(at: place), code)
    }

    /// Takes one message off a socket's rate limit, for what comes in its name by other ways.
    /// - Returns: false when it has sent too many, or is gone.
    package func takeMessage(of socket: SocketID) -> Bool {
        guard let place = table.place(of: socket) else { return false }
        return takeMessage(at: place)
    }

    func takeMessage(at place: Int) -> Bool {
        guard options.maxMessagesPerSecond > 0 else { return true }
        let limit = TokenBucket.Limit(rate: options.maxMessagesPerSecond, burst: options.messageBurst)
        return table[place].bucket.take(at: now, ticksPerSecond: Self.ticksPerSecond, limit: limit)
    }

    /// The address of the peer as text, IPv4 also where it came over an IPv6 socket; nil when it is gone.
    package func peerAddress(of socket: SocketID) -> String? {
        guard let place = table.place(of: socket), let wsi = unsafe table[place].wsi else { return nil }
        return unsafe peerAddressText(of: lws_get_socket_fd(wsi))
    }

    func closeWhenWritable(_ place: Int, _ code: CloseCode) {
        table[place].closeCode = code
        closings.append(place, due: now + 5 * UInt32(Self.ticksPerSecond))
        _ = unsafe lws_callback_on_writable(table[place].wsi)
    }

    // MARK: The outbox

    private func enqueue(_ item: Outbox.Item, to socket: SocketID) {
        guard let place = table.place(of: socket), table[place].phase == .open || table[place].phase == .stream,
            let wsi = unsafe table[place].wsi
        else { return }
        if outboxes[place] != nil {
            if !outboxes[place]!.append(item, limit: options.maxQueuedBytes) { drop(place, .slowConsumer) }
        } else if let rest = unsafe write(wsi, place, item) {
            wait(place, with: rest)
        } else if unsafe lws_partial_buffered(wsi) != 0 {
            wait(place, with: nil)
        }
    }

    private func wait(_ place: Int, with rest: Outbox.Item?) {
        var outbox = Outbox(at: now)
        if let rest { outbox.putBack(rest) }
        outboxes[place] = outbox
    }

    /// The socket can take bytes again: goes on with what waits for it, and tells the handler when nothing does.
    func flush(_ wsi: OpaquePointer, _ place: Int) {
        guard var outbox = outboxes[place] else { return }
        outbox.lastProgress = now
        while unsafe lws_partial_buffered(wsi) == 0 {
            guard let item = outbox.takeFirst() else {
                outboxes[place] = nil
                webSockets?.drained(table.socket(at: place))
                return
            }
            if let rest = unsafe write(wsi, place, item) { outbox.putBack(rest) }
        }
        outboxes[place] = outbox
    }

    /// Hands one item to the kernel.
    /// - Returns: what is left of it because the socket is full; what libwebsockets holds back itself is not counted.
    private func write(_ wsi: OpaquePointer, _ place: Int, _ item: Outbox.Item) -> Outbox.Item? {
        if table[place].phase == .stream { return unsafe writeEvent(wsi, place, item) }
        switch item {
        case .message(let bytes, let isText):
            _ = unsafe withHeadroom(bytes) { unsafe lws_write(wsi, $0, bytes.count, isText ? LWS_WRITE_TEXT : LWS_WRITE_BINARY) }
            return nil
        case .shared(let payload):
            _ = unsafe payload.withBytes(from: 0) { unsafe lws_write(wsi, $0, payload.count, LWS_WRITE_TEXT) }
            return nil
        case .fragments(let body, var offset, let tail):
            while offset < body.count {
                let count = min(ContextSettings.fragmentBytes, body.count - offset)
                let kind = (offset == 0 ? LWS_WRITE_TEXT : LWS_WRITE_CONTINUATION).rawValue | LWS_WRITE_NO_FIN.rawValue
                let written = unsafe body.withBytes(from: offset) { unsafe lws_write(wsi, $0, count, lws_write_protocol(kind)) }
                if written < 0 { return nil }
                sentBytes += count
                offset += count
                if unsafe lws_partial_buffered(wsi) != 0 { return .fragments(of: body, offset: offset, tail: tail) }
            }
            _ = unsafe withHeadroom(tail) { unsafe lws_write(wsi, $0, tail.count, LWS_WRITE_CONTINUATION) }
            return nil
        }
    }

    /// Calls `body` with a copy of `bytes` that has room for a frame header in front.
    func withHeadroom(_ bytes: [UInt8], _ body: (UnsafeMutablePointer<UInt8>) -> Int32) -> Int32 {
        sentBytes += bytes.count
        guard bytes.count <= Self.scratchBytes else { return unsafe Payload(bytes).withBytes(from: 0, body) }
        let start = unsafe scratch.baseAddress!.advanced(by: frameHeadroom)
        unsafe start.copyMemory(from: bytes, byteCount: bytes.count)
        return unsafe body(start.assumingMemoryBound(to: UInt8.self))
    }

    /// Gives a socket up whose peer may not be there: it is closed at once if a code can't be delivered.
    func drop(_ place: Int, _ reason: DisconnectReason) {
        let isWebSocket = table[place].phase == .open
        let socket = table.socket(at: place)
        beginClosing(place, reason)
        guard table.place(of: socket) == place else { return }
        if isWebSocket, let code = reason.code { closeWhenWritable(place, code) } else { kill(place) }
    }

    /// Ends a connection without a word, within a tick: never inside of its own callback.
    func kill(_ place: Int) {
        doomed.append(table.socket(at: place))
    }

    /// Carries out what ``kill(_:)`` asked for. Only from callbacks of libuv, where libwebsockets is not at work on any connection.
    func sweepDoomed() {
        let sockets = doomed
        doomed = []
        for socket in sockets {
            guard let place = table.place(of: socket), let wsi = unsafe table[place].wsi else { continue }
            unsafe lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC)
        }
    }
}

/// The peer's address of a connected socket as text.
private func peerAddressText(of descriptor: Int32) -> String? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
        let base = bytes.baseAddress!
        guard unsafe getpeername(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0 else { return nil }
        let isIPv6 = unsafe base.load(as: sa_family_t.self) == AF_INET6
        // sin_addr lies at offset 4, sin6_addr at offset 8.
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            guard unsafe inet_ntop(isIPv6 ? AF_INET6 : AF_INET, base + (isIPv6 ? 8 : 4), text.baseAddress!, 64) != nil else { return nil }
            let address = unsafe String(cString: text.baseAddress!)
            return address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
        }
    }
}
