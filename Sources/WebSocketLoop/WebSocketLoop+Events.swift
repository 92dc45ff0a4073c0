internal import CLibwebsockets

/// What libwebsockets reports, one method for each kind of callback. They return what the callback returns: 0 to go on, -1 to close.
extension WebSocketLoop {
    // MARK: Before the upgrade

    func confirmUpgrade(_ wsi: OpaquePointer, _ place: Int) -> Int32 {
        let head = unsafe RequestHead(borrowing: wsi)
        do throws(HandshakeFault) {
            try HandshakeFacts(head).check()
        } catch {
            return unsafe refuse(wsi, place, error)
        }
        guard let webSockets else { return unsafe answer(wsi, place, hooks.response(.nothingHere), head: head) }
        if let response = webSockets.refusal(of: head, on: table.socket(at: place)) {
            // Only a hang-up ends the upgrade: after 0 libwebsockets goes on with it, by headers that it has given back.
            return unsafe answer(wsi, place, response, head: head)
        }
        if let offered = head.header(.webSocketProtocol), let first = offered.split(whereSeparator: { $0 == 0x2C || $0 == 0x20 }).first {
            settings.offer(first)
        }
        return 0
    }

    private func refuse(_ wsi: OpaquePointer, _ place: Int, _ fault: HandshakeFault) -> Int32 {
        let answered: RequestFault
        switch fault {
        case .notWebSocket: return -1
        case .malformed(let sentence): answered = RequestFault(400, sentence)
        case .wrongVersion: answered = .wrongVersion
        }
        return unsafe answer(wsi, place, hooks.response(answered), head: RequestHead(borrowing: wsi))
    }

    // MARK: WebSockets

    func established(_ wsi: OpaquePointer, _ place: Int) -> Int32 {
        endHandshake(place)
        table[place].phase = .open
        pings.append(place, due: now + Self.ticks(options.pingInterval))
        webSockets?.opened(table.socket(at: place), over: .webSocket, unsafe RequestHead(borrowing: wsi))
        return 0
    }

    func received(_ wsi: OpaquePointer, _ place: Int, _ piece: UnsafeRawBufferPointer) -> Int32 {
        guard table[place].phase == .open else { return 0 }
        let isFirst = unsafe lws_is_first_fragment(wsi) != 0
        let isLast = unsafe lws_is_final_fragment(wsi) != 0
        let isText = unsafe lws_frame_is_binary(wsi) == 0
        if isFirst, !takeMessage(at: place) { return unsafe fail(wsi, place, .rateLimited) }
        let declared = unsafe Int(clamping: lws_remaining_packet_payload(wsi))
        if isFirst, isLast { return unsafe receivedWhole(wsi, place, piece, isText: isText) }
        var assembly = (isFirst ? nil : assemblies.removeValue(forKey: place)) ?? MessageAssembly(isText: isText)
        if let reason = unsafe assembly.append(piece, declared: declared, isLast: isLast, limit: options.maxMessageBytes) {
            return unsafe fail(wsi, place, reason)
        }
        guard isLast else {
            assemblies[place] = assembly
            return 0
        }
        assemblies[place] = nil
        webSockets?.received(assembly.bytes.span, isText: isText, from: table.socket(at: place))
        return 0
    }

    private func receivedWhole(_ wsi: OpaquePointer, _ place: Int, _ message: UnsafeRawBufferPointer, isText: Bool) -> Int32 {
        guard message.count <= options.maxMessageBytes else { return unsafe fail(wsi, place, .messageTooBig) }
        if isText {
            var text = UTF8Validation()
            guard unsafe text.accept(message), text.isComplete else { return unsafe fail(wsi, place, .invalidPayload) }
        }
        let bytes = unsafe UnsafeBufferPointer(start: message.baseAddress?.assumingMemoryBound(to: UInt8.self), count: message.count)
        unsafe webSockets?.received(bytes.span, isText: isText, from: table.socket(at: place))
        return 0
    }

    func receivedPong(_ place: Int) {
        guard table[place].isAwaitingPong else { return }
        table[place].isAwaitingPong = false
        pongs.remove(place)
        if table[place].phase == .open { pings.append(place, due: now + Self.ticks(options.pingInterval)) }
    }

    func peerCloses(_ wsi: OpaquePointer, _ place: Int, _ payload: UnsafeRawBufferPointer) -> Int32 {
        if let fault = unsafe faultInClosePayload(payload) { return unsafe fail(wsi, place, fault) }
        beginClosing(place, .closedByPeer)
        return 0
    }

    func writable(_ wsi: OpaquePointer, _ place: Int) -> Int32 {
        switch table[place].phase {
        case .open:
            unsafe flush(wsi, place)
            return 0
        case .closing:
            unsafe sendClose(wsi, place)
            return table[place].isFailed ? -1 : 0
        case .stream:
            unsafe flush(wsi, place)
            return 0
        case .free, .handshake, .http:
            return 0
        }
    }

    func disconnected(_ place: Int) {
        beginClosing(place, .connectionLost)
    }

    // MARK: Closing

    /// Fails the connection from within its own callback (RFC 6455, section 7.1.7): libwebsockets sends the close frame and calls
    /// ``writable(_:_:)`` after it, which hangs up. There is no answer to wait for: what this peer sends can't be trusted to be one.
    private func fail(_ wsi: OpaquePointer, _ place: Int, _ reason: DisconnectReason) -> Int32 {
        if let code = reason.code {
            unsafe lws_close_reason(wsi, lws_close_status(UInt32(code.rawValue)), nil, 0)
        }
        table[place].isFailed = true
        beginClosing(place, reason)
        return -1
    }

    /// Sends the close frame of a socket that this side closes, once; libwebsockets then waits for the peer's answer.
    ///
    /// Not by returning -1: Debian's libwebsockets is a debug build, which closes twice for that, and the second time hangs up before
    /// the frame is sent (core-net/service.c, `close_and_handled`).
    private func sendClose(_ wsi: OpaquePointer, _ place: Int) {
        guard let code = table[place].closeCode else { return }
        table[place].closeCode = nil
        unsafe lws_close_reason(wsi, lws_close_status(UInt32(code.rawValue)), nil, 0)
        unsafe lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC)
    }

    /// Tells the handler, once, and forgets what waited for the socket.
    func beginClosing(_ place: Int, _ reason: DisconnectReason) {
        guard table[place].phase == .open || table[place].phase == .stream else { return }
        stopServing(place)
        webSockets?.closed(table.socket(at: place), reason)
    }

    func stopServing(_ place: Int) {
        table[place].phase = .closing
        pings.remove(place)
        pongs.remove(place)
        keepalives.remove(place)
        outboxes[place] = nil
        assemblies[place] = nil
    }
}
