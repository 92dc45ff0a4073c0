internal import CLibwebsockets

/// What libwebsockets reports, one method for each kind of callback. They return what the callback returns: 0 to go on, -1 to close.
extension WebSocketLoop {
    // MARK: WebSockets

    func established(_ index: Int) -> Int32 {
        guard let adoption, adoption.socket == table.socket(at: index) else { return -1 }
        leaveHandshake(index, for: .webSocket)
        deadlines.set(.ping, index, due: now + waits.ping)
        webSockets?.opened(adoption.socket, over: .webSocket, RequestHead(adoption.head))
        letLeave(index)
        return 0
    }

    func received(_ wsi: OpaquePointer, _ index: Int, _ piece: UnsafeRawBufferPointer) -> Int32 {
        guard table[index].ending.phase == .webSocket else { return 0 }
        let isFirst = unsafe lws_is_first_fragment(wsi) != 0
        let isLast = unsafe lws_is_final_fragment(wsi) != 0
        let isText = unsafe lws_frame_is_binary(wsi) == 0
        if isFirst, !takeMessage(at: index) { return end(index, .ruleBroken(.rateLimited)) }
        let declared = unsafe Int(clamping: lws_remaining_packet_payload(wsi))
        if isFirst, isLast { return unsafe receivedWhole(index, piece, isText: isText) }
        var assembly = (isFirst ? nil : assemblies.removeValue(forKey: index)) ?? MessageAssembly(isText: isText)
        if let reason = unsafe assembly.append(piece, declared: declared, isLast: isLast, limit: options.maxMessageBytes) {
            return end(index, .ruleBroken(reason))
        }
        guard isLast else {
            assemblies[index] = assembly
            return 0
        }
        assemblies[index] = nil
        // A ping that came among the fragments is answered by libwebsockets when the socket is writable next. What answers the message
        // waits for that, too, so that the pong is first (RFC 6455, section 5.5.3: as soon as is practical).
        holdUntilWritable(index)
        _ = unsafe lws_callback_on_writable(wsi)
        webSockets?.received(assembly.bytes.span, isText: isText, from: table.socket(at: index))
        return 0
    }

    private func receivedWhole(_ index: Int, _ message: UnsafeRawBufferPointer, isText: Bool) -> Int32 {
        guard message.count <= options.maxMessageBytes else { return end(index, .ruleBroken(.messageTooBig)) }
        if isText {
            var text = UTF8Validation()
            guard unsafe text.accept(message), text.isComplete else { return end(index, .ruleBroken(.invalidPayload)) }
        }
        let bytes = unsafe UnsafeBufferPointer(start: message.baseAddress?.assumingMemoryBound(to: UInt8.self), count: message.count)
        unsafe webSockets?.received(bytes.span, isText: isText, from: table.socket(at: index))
        return 0
    }

    func receivedPong(_ index: Int) {
        guard deadlines.kind(of: index) == .pong else { return }
        deadlines.set(.ping, index, due: now + waits.ping)
    }

    func peerCloses(_ index: Int, _ payload: UnsafeRawBufferPointer) -> Int32 {
        end(index, unsafe faultInClosePayload(payload).map { .ruleBroken($0) } ?? .peerCloses)
    }

    func writable(_ wsi: OpaquePointer, _ index: Int) -> Int32 {
        guard table[index].ending.isOpen else { return end(index, .writable) }
        flush(index)
        return 0
    }

    // MARK: The rate limit

    /// Takes one message off a socket's rate limit, for what comes in its name by other ways.
    /// - Returns: false when it has sent too many, or is gone.
    package func takeMessage(of socket: SocketID) -> Bool {
        table.index(of: socket).map { takeMessage(at: $0) } ?? false
    }

    private func takeMessage(at index: Int) -> Bool {
        guard options.maxMessagesPerSecond > 0 else { return true }
        let limit = TokenBucket.Limit(rate: options.maxMessagesPerSecond, burst: options.messageBurst)
        return table[index].bucket.take(at: now, ticksPerSecond: Self.ticksPerSecond, limit: limit)
    }
}
