internal import CLibuv
internal import CLibwebsockets
internal import CLinux
internal import Glibc

/// Plain requests and streams of events: the door serves them; what a handler wants of them comes by here.
extension WebSocketLoop {
    /// Answers a request whose outcome was `later`. A connection that is gone is not answered.
    package func respond(to socket: SocketID, with response: HTTPResponse) {
        guard let index = table.index(of: socket), table[index].ending.phase == .request else { return }
        door.answer(index, response)
    }

    /// Sends a blank to who waits for an answer whose outcome was `later`, so that proxies keep the connection. The first one brings the
    /// head of the answer along, which is a 200 then, whatever the answer will be: JSON may have blanks in front.
    package func keepWaiting(_ socket: SocketID, headers: [(name: String, value: String)]) {
        guard let index = table.index(of: socket), table[index].ending.phase == .request else { return }
        door.keepWaiting(index, headers: headers)
    }

    // MARK: Streams

    /// What a stream begins with.
    static func headOfStream(_ headers: [(name: String, value: String)]) -> [UInt8] {
        var text = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return Array((text + "Connection: close\r\n\r\n").utf8)
    }

    /// The connection is a stream from now on.
    func becomeStream(_ index: Int) {
        // A peer that vanishes without a word acknowledges nothing any more: the kernel ends the connection for it, in the time that a
        // WebSocket has for its pong, where it would go on for a quarter of an hour.
        if let descriptor = peerDescriptor(of: index) { setUserTimeout(descriptor, options.pongTimeout) }
        table[index].ending.become(.stream)
        deadlines.set(.keepalive, index, due: now + waits.keepalive)
    }

    /// Hands one event to the kernel: `data: `, the bytes, an empty line. JSON has no line end inside.
    func writeEvent(_ index: Int, _ item: Outbox.Item) -> Outbox.Item? {
        switch item {
        case .message(let bytes, _):
            let event = Self.eventStart + bytes + Self.eventEnd
            _ = unsafe withHeadroom(event) { unsafe put(index, $0, event.count) }
            return nil
        case .shared(let payload):
            return writeEvent(index, .fragments(of: payload, offset: 0, tail: []))
        case .fragments(let body, var offset, let tail):
            if offset == 0 { _ = unsafe withHeadroom(Self.eventStart) { unsafe put(index, $0, Self.eventStart.count, hasMore: true) } }
            while offset < body.count {
                let count = min(ContextSettings.fragmentBytes, body.count - offset)
                let written = unsafe body.withBytes(from: offset) { unsafe put(index, $0, count, hasMore: true) }
                if written < 0 { return nil }
                sentBytes += count
                offset += count
                if isBlocked(index) { return .fragments(of: body, offset: offset, tail: tail) }
            }
            let end = tail + Self.eventEnd
            _ = unsafe withHeadroom(end) { unsafe put(index, $0, end.count) }
            return nil
        }
    }

    private static let eventStart = Array("data: ".utf8)
    private static let eventEnd = Array("\n\n".utf8)

    /// Something happened on a stream's socket: the peer closed, or sends what nobody asked for. Both end it.
    /// - Parameter hasHungUp: whether nothing more can come; in order where TCP has no error, which is how a page leaves a stream.
    func stirred(_ socket: SocketID, hasHungUp: Bool) {
        guard let index = table.index(of: socket), table[index].ending.phase == .stream, let error = door.error(of: index) else { return }
        switch error {
        case 0 where hasHungUp: end(index, .givenUp(.closedByPeer))
        case ETIMEDOUT: end(index, .givenUp(outboxes[index] == nil ? .pongTimeout : .slowConsumer))
        default: end(index, .givenUp(.connectionLost))
        }
    }
}

/// Lets the kernel give a connection up whose peer acknowledges nothing for so long while something is under way to it.
private func setUserTimeout(_ descriptor: Int32, _ timeout: Duration) {
    var milliseconds = UInt32(clamping: Int(timeout / .milliseconds(1)))
    _ = unsafe setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<UInt32>.size))
}
