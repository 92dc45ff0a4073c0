internal import CLibwebsockets

/// How connections end: every event goes through ``Ending``, and what that answers is carried out here.
extension WebSocketLoop {
    /// Closes a socket with a code. The handler is not told of it again.
    ///
    /// A peer that takes the close frame but does not answer, or can't take it, is dropped after five seconds.
    package func close(_ socket: SocketID, _ code: CloseCode) {
        if let index = table.index(of: socket) { end(index, .handlerCloses(code)) }
    }

    /// The same for whatever socket is at `place` now. A stream is sent the bytes of `farewell`, as they are, before it ends.
    package func closeSocket(at place: Int, _ code: CloseCode, farewell: [UInt8] = []) {
        if table[place].ending.phase == .stream, !farewell.isEmpty, outboxes[place] == nil {
            _ = unsafe withHeadroom(farewell) { unsafe put(place, $0, farewell.count) }
        }
        close(table.socket(at: place), code)
    }

    /// Takes an event to the connection's ``Ending``, tells the handler, and does what has to be done.
    /// - Returns: what a callback that brings the event returns: -1 where libwebsockets is to close the connection. Outside of its own
    ///   callback a connection is hung up on within a tick.
    @discardableResult
    func end(_ index: Int, _ event: Ending.Event) -> Int32 {
        let wasOpen = table[index].ending.isOpen
        let (notice, action) = table[index].ending.take(event)
        let socket = table.socket(at: index)
        if wasOpen, !table[index].ending.isOpen { forget(index) }
        switch notice {
        case .nobody: break
        case .connectionClosed(let reason): webSockets?.closed(socket, reason)
        case .requestEnded:
            requests?.requestEnded(socket)
        }
        guard table.index(of: socket) == index else { return 0 }
        if action == .hangUp, event != .writable { doomed.append(socket) }
        guard let wsi = unsafe table[index].wsi else { return 0 }
        switch action {
        case .nothing: return 0
        case .awaitWritable:
            deadlines.set(.goodbye, index, due: now + 5 * UInt32(Self.ticksPerSecond))
            _ = unsafe lws_callback_on_writable(wsi)
            return 0
        case .sendClose(let code):
            // libwebsockets sends the frame and waits for the peer's answer. Not by returning -1: Debian's libwebsockets is a debug
            // build, which closes twice for that, and the second time hangs up before the frame is sent (core-net/service.c,
            // `close_and_handled`).
            var reason = Self.reason(of: code)
            unsafe reason.withUnsafeMutableBufferPointer {
                unsafe lws_close_reason(wsi, lws_close_status(UInt32(code.rawValue)), $0.baseAddress, $0.count)
            }
            unsafe lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC)
            return 0
        case .fail(let code):
            // libwebsockets sends the frame and reports the connection as writable after it.
            if let code { unsafe lws_close_reason(wsi, lws_close_status(UInt32(code.rawValue)), nil, 0) }
            return -1
        case .hangUp:
            return event == .writable ? -1 : 0
        }
    }

    /// What is said beside a code: in how many milliseconds a browser may come back. It differs, so that they do not all come at once.
    private static func reason(of code: CloseCode) -> [UInt8] {
        code == .serviceRestart ? Array("retry=\(Int.random(in: 1000...5000))".utf8) : []
    }

    /// Hangs up on those that were to be hung up on. Only from callbacks of libuv, where libwebsockets is not at work on any connection.
    func sweepDoomed() {
        let sockets = doomed
        doomed = []
        for socket in sockets {
            guard let index = table.index(of: socket) else { continue }
            guard let wsi = unsafe table[index].wsi else {
                door.drop(index)
                continue
            }
            unsafe lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC)
        }
    }
}
