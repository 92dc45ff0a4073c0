internal import CLibwebsockets

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

    /// The same for whatever socket is at `index` now.
    package func sendSocket(at index: Int, _ payload: Payload) {
        enqueue(.shared(payload), to: table.socket(at: index))
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
        table.index(of: socket).map { outboxes[$0] != nil } ?? false
    }

    // MARK: The outbox

    private func enqueue(_ item: Outbox.Item, to socket: SocketID) {
        guard let index = table.index(of: socket), table[index].ending.isOpen else { return }
        if outboxes[index] != nil {
            if !outboxes[index]!.append(item, limit: options.maxQueuedBytes) { end(index, .givenUp(.slowConsumer)) }
        } else if let rest = write(index, item) {
            wait(index, with: rest)
        } else {
            noteBlocked(index)
        }
    }

    /// Begins to wait for a socket that does not take all that was sent.
    func noteBlocked(_ index: Int) {
        if table[index].ending.isOpen, outboxes[index] == nil, isBlocked(index) { wait(index, with: nil) }
    }

    /// Lets all that is sent from now on wait for `flush`.
    func holdUntilWritable(_ index: Int) {
        if outboxes[index] == nil { wait(index, with: nil) }
    }

    /// Whether bytes that were handed over wait for the kernel to take them.
    func isBlocked(_ index: Int) -> Bool {
        guard let wsi = unsafe table[index].wsi else { return door.exchanges[index]?.isBlocked ?? false }
        return unsafe lws_partial_buffered(wsi) != 0
    }

    /// Hands bytes of a stream to the kernel as they are.
    /// - Parameter hasMore: whether more follow at once, and should leave with them.
    /// - Returns: how many.
    func put(_ index: Int, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, hasMore: Bool = false) -> Int32 {
        unsafe door.send(index, UnsafeRawBufferPointer(start: bytes, count: count), hasMore: hasMore)
        return Int32(clamping: count)
    }

    private func wait(_ index: Int, with rest: Outbox.Item?) {
        var outbox = Outbox(at: now)
        if let rest { outbox.putBack(rest) }
        outboxes[index] = outbox
    }

    /// The socket can take bytes again: goes on with what waits for it, and tells the handler when nothing does.
    func flush(_ index: Int) {
        guard var outbox = outboxes[index] else { return }
        outbox.lastProgress = now
        while !isBlocked(index) {
            guard let item = outbox.takeFirst() else {
                outboxes[index] = nil
                webSockets?.drained(table.socket(at: index))
                return
            }
            if let rest = write(index, item) { outbox.putBack(rest) }
        }
        outboxes[index] = outbox
    }

    /// Hands one item to the kernel.
    /// - Returns: what is left of it because the socket is full; what libwebsockets holds back itself is not counted.
    private func write(_ index: Int, _ item: Outbox.Item) -> Outbox.Item? {
        if table[index].ending.phase == .stream { return writeEvent(index, item) }
        guard let wsi = unsafe table[index].wsi else { return nil }
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
}
